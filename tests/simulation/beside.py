"""What the action worker calls beside following up, seen where it does each of it once."""

from __future__ import annotations

from chalicelib.domain.segment import OneOf, Trait
from chalicelib.ports.messages import EmailEventKind
from chalicelib.services.assign_segments import request_assignment
from chalicelib.services.nightly import look_after
from chalicelib.services.save_segment import SegmentDraft, add_segment
from chalicelib.services.save_sequence import SequenceDraft, add_sequence
from tests.builders import LIVE, a_step
from tests.deeds import OFFICE
from tests.simulation.calls import PRIVACY, SEGMENTS, Calls, Right
from tests.world import World


def privacy_work() -> set[Right]:
    """Return what the action worker calls for personal data: it erases, also by itself."""
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ports = calls.recorded(world.ports)
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 08:05")
    world.mail_event(world.email.sent[0], EmailEventKind.COMPLAINED)
    world.pay(invoice)
    world.days(1)
    world.clock.advance(days=8 * 365)
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    assert world.customer(invoice).erasure
    return calls.by_function[PRIVACY]


def segment_work() -> set[Right]:
    """Return what the action worker calls where segments are assigned."""
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ports = calls.recorded(world.ports)
    invoice = world.post("R-1", due="2026-01-15")
    other = add_sequence(world.ports, LIVE, OFFICE, SequenceDraft("Other", (a_step("call", 9),)))
    every = SegmentDraft("All", 1, OneOf(Trait.CURRENCY, ("eur",)), other.id)
    add_segment(world.ports, LIVE, OFFICE, every)
    request_assignment(world.ports, LIVE, OFFICE)
    world.work()
    assert world.case(invoice).sequence[0] == other.id
    return calls.by_function[SEGMENTS]
