"""I8: the audit trail has an event, with who and why, for every committed change of state, and
none for what was not committed.

Guards: events come from committed changes alone (`project_changes`), their ids from the record
and its version (`facts._event`), and every write carries its change.
"""

from __future__ import annotations

import random
from dataclasses import fields, replace

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.facts import CUSTOMER_DETAILS, events_of
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import changing
from chalicelib.services.complete_task import complete_task
from chalicelib.services.project_changes import CommittedChange, project_changes
from tests.builders import utc
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger
from tests.world import World, somebody

BOOKKEEPING = {
    Customer: {field.name for field in fields(Customer)} - {*CUSTOMER_DETAILS, "suppressed"},
    Case: {
        "due_at",
        "channel",
        "claim",
        "remaining",
        "version",
        "change",
        "closed_reason",
        "confirmations",
        "instalment",
    },
    Invoice: {"version", "change", "settled_at", "days_late"},
    Promise: {"version", "change", "received", "until"},
    PaymentPlan: {"version", "change", "received", "until"},
    Payment: {"allocations", "provider_events", "provider_at", "disputed_at", "version", "change"}
    | {"open_disputes", "closed_disputes", "held", "amount", "paid_at"},
}
"""What may change without an event of its own: it follows from changes that have one."""


MAKERS = {
    "invoice.created": {"api_key:billing"},
    "invoice.credited": {"api_key:billing"},
    "invoice.written_off": {"api_key:office"},
    "invoice.reopened": {"stripe"},
    "case.paused": {"api_key:office", "stripe"},
    "case.reopened": {"stripe"},
    "customer.updated": {"api_key:office"},
    "communication.sent": {"system"},
    "communication.failed": {"ses"},
    "communication.unconfirmed": {"system"},
    "task.completed": {"api_key:office", "system"},
    "payment.refunded": {"stripe"},
}


@pytest.fixture
def eventful() -> World:
    """A world in which nearly everything happened."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    first = world.post("R-1", due="2026-01-15")
    second = world.post("R-2", due="2026-01-15", customer=somebody("two"))
    third = world.post("R-3", due="2026-01-15", customer=somebody("three", phone=None, email=None))
    world.email.script(Handover(Delivery.ACCEPTED), Handover(Delivery.UNKNOWN))
    world.until("2026-01-16 10:00")
    world.mail_event(world.email.sent[0], EmailEventKind.BOUNCED)
    world.hold(first)
    world.change(second, name="Renamed")
    world.credit(second, 10_00)
    world.hear(world.card(second, state=ProviderState.PROCESSING, reference="pi_2"))
    world.until("2026-01-20 10:00")
    world.release(first)
    paid = world.hear(world.card(first))
    world.hear(world.later(paid, "charge.refunded", refunded=20_00))
    world.hear(world.later(paid, "charge.dispute.created", dispute="dp", disputed=80_00))
    world.until("2026-01-30 10:00")
    world.pay(second, 500_00)
    world.write_off(third)
    world.void(world.post("R-4", due="2026-02-15"))
    world.checkout(first)
    task = next(each for each in world.ledger._records.values() if isinstance(each, Task))
    complete_task(world.ports, world.tenant, OFFICE, task.id, "called", None)
    world.until("2026-02-10 10:00")
    world.sweep()
    return world


def test_every_change_of_state_has_an_event_that_says_who_and_why(eventful: World):
    logged = {event.object_id for event in _feed(eventful).values()}
    for change in eventful.stream:
        told = events_of(change.before, change.after, change.at)
        if _is_change_of_state(change):
            assert told or _messages_of(change) <= logged, change
        for event in told:
            assert change.after is not None
            assert (event.by, event.why) == (change.after.change.by, change.after.change.why)
            assert event.by, event
            assert event.why, event


def test_the_feed_holds_the_events_of_what_was_committed_and_no_others(eventful: World):
    told = [
        event
        for change in eventful.stream
        for event in events_of(change.before, change.after, change.at)
    ]
    assert len({event.id for event in told}) == len(told)
    assert _feed(eventful) == {event.id: event for event in told}


def test_there_are_events_of_every_kind(eventful: World):
    kinds = {event.type for event in _feed(eventful).values()}
    assert kinds >= {
        *("customer.created", "customer.updated", "customer.address_suppressed"),
        *("invoice.created", "invoice.payment_applied", "invoice.credited", "invoice.paid"),
        *("invoice.reopened", "invoice.void", "invoice.written_off"),
        *("case.opened", "case.closed", "case.reopened", "case.paused", "case.resumed"),
        *("payment.recorded", "payment.processing", "payment.refunded", "payment.disputed"),
        *("communication.sent", "communication.failed", "communication.unconfirmed"),
        *("task.created", "task.completed", "credit_note.issued"),
    }


def test_every_kind_of_change_names_who_makes_it(eventful: World):
    """Guard: `common.changing` puts the change that is being made into the record."""
    who: dict[str, set[str]] = {}
    for event in _feed(eventful).values():
        who.setdefault(event.type, set()).add(event.by)
    assert {kind: who[kind] for kind in MAKERS} == MAKERS
    reopened = [each for each in _feed(eventful).values() if each.type == "invoice.reopened"]
    assert [event.why.split()[0] for event in reopened] == ["charge.refunded"]


def test_reading_the_stream_again_twice_and_in_any_order_gives_the_same_events(eventful: World):
    again = World("2027-01-01 08:00")
    changes = eventful.stream * 2
    random.Random(1).shuffle(changes)
    for change in changes:
        project_changes(again.ports, [change])
    assert _feed(again) == _feed(eventful)


def test_what_was_not_committed_is_not_told(eventful: World):
    before = _feed(eventful)
    invoice = next(each for each in eventful.ledger._records.values() if isinstance(each, Invoice))
    stale = replace(invoice, version=invoice.version - 1)
    with pytest.raises(WriteConflictError):
        eventful.ledger.commit([changing(stale, replace(stale, paid=1), OFFICE)])
    eventful.sweep()
    assert _feed(eventful) == before


def test_a_worker_that_dies_before_its_write_is_not_told_and_one_after_it_is():
    for die_after in (False, True):
        world = World("2026-01-02 08:00", ledger=MeddledLedger())
        world.post("R-1", due="2026-01-15")
        world.until("2026-01-12 07:00")
        world.ledger.die_at, world.ledger.die_after = world.ledger.calls + 1, die_after
        world.clock.set(utc("2026-01-12 08:00"))
        world.sweep()
        told = [event for event in _feed(world).values() if event.type == "communication.sent"]
        assert len(told) == int(die_after)


def _is_change_of_state(change: CommittedChange) -> bool:
    before, after = change.before, change.after
    if before is None:
        return True
    ignored = BOOKKEEPING.get(type(after), {"version", "change"})
    return any(
        getattr(before, name) != getattr(after, name)
        for name in before.__slots__
        if name not in ignored
    )


def _messages_of(change: CommittedChange) -> set[str | None]:
    """Return the communications whose own events tell of this change of a case's steps."""
    if not isinstance(change.before, Case) or not isinstance(change.after, Case):
        return {None}
    if change.before.pauses != change.after.pauses or change.before.status != change.after.status:
        return {None}
    return {
        result.communication
        for step, result in change.after.results.items()
        if change.before.results.get(step) != result
    }


def _feed(world: World) -> dict[str, Event]:
    return dict(world.ledger._events[world.tenant.key])
