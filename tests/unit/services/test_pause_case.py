"""A hold keeps a case back until its end or until it is lifted; other pauses stay."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.errors import CaseNotOpenError, InvalidError, NotFoundError
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import Cursor
from chalicelib.services.pause_case import pause_case, resume_case
from tests.builders import LIVE, a_case, utc
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import World


def test_a_hold_with_an_end_is_looked_at_again_then():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    case = world.hold(invoice, "2026-01-14 12:00")
    assert case.due_at == utc("2026-01-14 12:00")
    (pause,) = case.pauses
    assert (pause.kind, pause.since) == (PauseKind.HOLD, utc("2026-01-02 08:00"))


def test_a_hold_without_end_leaves_the_due_index():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    assert world.hold(invoice).due_at is None
    assert world.ledger.next_due() is None


def test_a_second_hold_takes_the_place_of_the_first():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.hold(invoice)
    assert [pause.until for pause in world.hold(invoice, "2026-02-01").pauses] == [
        utc("2026-02-01")
    ]


@pytest.mark.parametrize("until", ["2026-01-02 08:00", "2025-12-31"])
def test_an_end_that_is_past_is_refused(until: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    with pytest.raises(InvalidError) as refused:
        world.hold(invoice, until)
    assert [fault.pointer for fault in refused.value.fields] == ["/until"]


def test_resuming_lifts_the_hold_and_no_other_pause():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    world.hold(invoice)
    assert [pause.kind for pause in world.release(invoice).pauses] == [PauseKind.PAYMENT_PROCESSING]


def test_a_case_has_resumed_when_nothing_holds_it_any_more():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    card = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    for deed in (world.hold, world.release):
        world.clock.advance(minutes=1)
        deed(invoice)
    world.clock.advance(minutes=1)
    world.hear(world.later(card, "payment_intent.payment_failed", state=ProviderState.FAILED))
    world.work()
    feed = reversed(world.ledger.events_page(LIVE, Cursor(100)).data)
    told = [
        (event.type, [pause["kind"] for pause in event.data["pauses"]])
        for event in feed
        if event.type in {"case.paused", "case.resumed"}
    ]
    assert told == [
        ("case.paused", ["payment_processing"]),
        ("case.paused", ["payment_processing", "hold"]),
        ("case.paused", ["payment_processing"]),
        ("case.resumed", []),
    ]


def test_resuming_what_is_not_held_writes_nothing():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    assert world.release(invoice) == world.case(invoice)
    assert len(world.ledger.changes) == written


def test_a_closed_case_can_be_neither_held_nor_resumed():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.pay(invoice)
    for deed in (world.hold, world.release):
        with pytest.raises(CaseNotOpenError) as refused:
            deed(invoice)
        assert refused.value.code == "case_not_open"


@pytest.mark.parametrize("unknown", [a_case("R-9").id, "nonsense"])
def test_an_unknown_case_is_not_found(unknown: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(NotFoundError):
        pause_case(world.ports, LIVE, OFFICE, unknown, reason="x", until=None)
    with pytest.raises(NotFoundError):
        resume_case(world.ports, LIVE, OFFICE, unknown)


def test_a_case_that_is_paid_in_between_is_not_held():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.pay(invoice))
    with pytest.raises(CaseNotOpenError):
        world.hold(invoice)
    assert world.case(invoice).pauses == ()
