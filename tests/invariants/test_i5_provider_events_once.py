"""I5: a provider event has its effect once, however often and in whatever order it is told.

Guards: the event ids kept on the payment (`receive_payment_event._attempt`), the payment's id made
of the provider's reference, states and amounts merged by the provider's time and sums
(`provider_facts.merged`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.ports.messages import EmailEventKind
from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.builders import utc
from tests.invariants.effort import effort
from tests.invariants.meddling import MeddledLedger
from tests.invariants.watch import Watch
from tests.world import World

Fact = ProviderPayment
Tell = Callable[[World, Invoice], list[Fact]]


def succeeded(world: World, invoice: Invoice) -> list[Fact]:
    first = world.card(invoice, state=ProviderState.PROCESSING)
    done = {"state": ProviderState.SUCCEEDED, "refunded": 0}
    return [
        first,
        world.later(first, "payment_intent.succeeded", **done),
        world.later(first, "charge.succeeded", **done),
        world.later(first, "checkout.session.completed", state=ProviderState.SUCCEEDED),
        world.later(first, "payment_intent.payment_failed", state=ProviderState.FAILED),
    ]


def failed_then_succeeded(world: World, invoice: Invoice) -> list[Fact]:
    first = world.card(invoice, state=ProviderState.PROCESSING)
    again = {"state": ProviderState.PROCESSING}
    done = {"state": ProviderState.SUCCEEDED, "refunded": 0}
    return [
        first,
        world.later(first, "payment_intent.payment_failed", state=ProviderState.FAILED),
        world.later(first, "payment_intent.processing", **again),
        world.later(first, "payment_intent.succeeded", **done),
    ]


def failed(world: World, invoice: Invoice) -> list[Fact]:
    first = world.card(invoice, state=ProviderState.PROCESSING)
    return [first, world.later(first, "payment_intent.payment_failed", state=ProviderState.FAILED)]


def refunded_twice(world: World, invoice: Invoice) -> list[Fact]:
    paid = world.card(invoice)
    return [
        paid,
        world.later(paid, "charge.refunded", refunded=30_00),
        world.later(paid, "charge.refunded", refunded=70_00),
    ]


def dispute_lost(world: World, invoice: Invoice) -> list[Fact]:
    paid = world.card(invoice)
    about = {"dispute": "dp_1", "disputed": 100_00}
    return [
        paid,
        world.later(paid, "charge.dispute.created", **about),
        world.later(paid, "charge.dispute.closed", **about),
    ]


def dispute_won(world: World, invoice: Invoice) -> list[Fact]:
    paid = world.card(invoice)
    return [
        paid,
        world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00),
        world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0),
    ]


def dispute_won_after_all(world: World, invoice: Invoice) -> list[Fact]:
    lost = dispute_lost(world, invoice)
    world.clock.advance(hours=1)
    closed = {"dispute": "dp_1", "disputed": 0}
    return [*lost, world.later(lost[0], "charge.dispute.closed", **closed)]


LIVES = [
    *(succeeded, failed_then_succeeded, failed, refunded_twice),
    *(dispute_lost, dispute_won, dispute_won_after_all),
]


@pytest.mark.parametrize("life", LIVES)
def test_every_order_and_repetition_of_the_events_ends_in_the_same_state(life: Tell):
    world, invoice, facts = _begin(life)
    for fact in facts:
        world.hear(fact)
    expected = _state(world, invoice)
    for order in permutations(range(len(facts))):
        other, same, again = _begin(life)
        watch = Watch(other)
        for index in order:
            other.hear(again[index])
            other.hear(again[index])
        for fact in reversed(again):
            other.hear(fact)
        watch.check_books()
        assert _state(other, same) == expected, [again[index].event_type for index in order]


@pytest.mark.parametrize("life", LIVES)
def test_an_event_told_again_writes_nothing(life: Tell):
    """Guard: `receive_payment_event._attempt` knows the ids of the events it applied."""
    world, _, facts = _begin(life)
    for fact in facts:
        world.hear(fact)
    written = len(world.ledger.changes)
    for fact in facts:
        world.hear(fact)
    assert len(world.ledger.changes) == written


def test_two_webhooks_of_the_same_payment_at_the_same_moment_make_one_payment():
    """Guard: the payment's id is made of the provider's reference."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    watch = Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.card(invoice)
    charge = world.later(paid, "charge.succeeded", state=ProviderState.SUCCEEDED, refunded=0)
    world.ledger.before_commit = lambda _: world.hear(charge)
    world.hear(paid)
    assert world.invoice(invoice).paid == 100_00
    assert len(_all(world, Payment)) == 1
    watch.check_books()


def test_the_last_look_and_the_webhook_record_the_payment_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 07:55")
    world.checkout(invoice)
    paid = world.payments.pay("cs_0001", at=world.clock.now())
    world.until("2026-01-12 09:00")
    world.hear(replace(paid, event_id="evt_webhook"))
    assert world.email.attempts == []
    assert world.invoice(invoice).paid == 100_00
    assert world.customer(invoice).credit == {}


@effort(40)
@given(st.permutations(["sent", "delivered", "bounced"] * 2))
def test_the_mail_providers_events_in_any_order_end_in_the_same_state(order: list[str]):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 08:00")
    for kind in order:
        world.mail_event(world.email.sent[0], EmailEventKind(kind))
    log = world.ledger.communication(world.tenant, world.email.sent[0].communication_id)
    assert log is not None
    assert (log.status, log.reason) == ("failed", "bounced")
    world.until("2026-01-13 00:00")
    assert (len(world.email.attempts), len(world.sms.attempts)) == (1, 1)
    assert world.case(invoice).results["notice_upcoming"].channel == "sms"


def _begin(life: Tell) -> tuple[World, Invoice, list[Fact]]:
    """Return a world with an invoice, and the facts at the provider's own rising times."""
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    facts = life(world, invoice)
    return (
        world,
        invoice,
        [replace(fact, at=utc(f"2026-01-02 08:0{minute}")) for minute, fact in enumerate(facts)],
    )


def _state(world: World, invoice: Invoice) -> tuple[object, ...]:
    payment, case, customer = (
        _all(world, Payment)[0],
        world.case(invoice),
        world.customer(invoice),
    )
    return (
        (payment.status, payment.amount, payment.refunded, payment.disputed, payment.allocations),
        (payment.open_disputes, payment.closed_disputes, payment.paid_at),
        (case.status, case.remaining, sorted(pause.kind for pause in case.pauses)),
        (customer.balance, customer.credit, customer.credit_payments),
        [task for task in _all(world, Task) if task.status is TaskStatus.OPEN],
        max(1, len(_all(world, Task))),  # one that is over at once needn't be made
    )


def _all(world: World, kind: type) -> list:
    return [each for each in world.ledger._records.values() if isinstance(each, kind)]
