"""What a payment held is released when the payment is clear, whatever became of the case."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.payments import ProviderPayment, ProviderState
from chalicelib.services.receive_payment_event import payment_id
from tests.builders import LIVE, utc
from tests.world import World


def disputed(world: World) -> tuple[Invoice, ProviderPayment]:
    """Return an invoice that a card paid, whose bank took the payment back."""
    invoice = world.post("R-1", due="2026-01-10")
    paid = world.hear(world.card(invoice))
    about = {"dispute": "dp_1", "disputed": 100_00}
    world.hear(world.later(paid, "charge.dispute.created", **about))
    return invoice, paid


def held(world: World, invoice: Invoice, reference: str = "pi_1") -> tuple[str, ...]:
    payment = world.ledger.payment(LIVE, payment_id(invoice.customer_id, reference))
    assert payment is not None
    return payment.held


@pytest.mark.parametrize("close", ["pay", "void", "write_off"])
@pytest.mark.parametrize("lost", [100_00, 0])
def test_the_end_of_a_chargeback_releases_a_case_that_closed_meanwhile(close: str, lost: int):
    world = World("2026-01-02 08:00")
    invoice, paid = disputed(world)
    assert held(world, invoice) == (invoice.id,)
    getattr(world, close)(invoice)
    assert held(world, invoice) == (invoice.id,)
    world.hear(world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=lost))
    assert world.case(invoice).pauses == ()
    assert held(world, invoice) == ()


def test_a_case_that_comes_back_after_its_chargeback_has_ended_is_followed_up():
    world = World("2026-01-02 08:00")
    invoice, paid = disputed(world)
    other = world.hear(world.card(invoice, reference="pi_2"))
    world.hear(world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=100_00))
    world.hear(world.later(other, "charge.refunded", refunded=100_00))
    assert world.case(invoice).due_at is not None
    world.days(120)
    assert len(world.email.sent) == 5


def test_a_case_that_comes_back_while_its_chargeback_is_open_stays_held():
    world = World("2026-01-02 08:00")
    invoice, _ = disputed(world)
    other = world.hear(world.card(invoice, reference="pi_2"))
    world.hear(world.later(other, "charge.refunded", refunded=100_00))
    assert [pause.kind for pause in world.case(invoice).pauses] == [PauseKind.DISPUTE]
    world.days(120)
    assert world.email.attempts == []


def test_a_debit_that_failed_after_another_payment_came_holds_nothing_any_more():
    world = World("2026-01-20 09:00")
    invoice = world.post("R-1", due="2026-01-05", issued="2026-01-01")
    debit = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    other = world.hear(world.card(invoice, reference="pi_2"))
    world.hear(world.later(debit, "payment_intent.payment_failed", state=ProviderState.FAILED))
    world.hear(world.later(other, "charge.refunded", refunded=100_00))
    assert world.case(invoice).pauses == ()


def test_a_debit_that_is_tried_again_holds_from_its_second_try():
    """The word of the first one's failure comes late, so nothing was released in between."""
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    debit = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    world.clock.set(utc("2026-01-08 08:00"))
    again = {"state": ProviderState.PROCESSING}
    world.hear(world.later(debit, "payment_intent.processing", **again))
    (pause,) = world.case(invoice).pauses
    assert pause.until == utc("2026-02-03 08:00")


def test_the_same_word_again_changes_nothing():
    world = World("2026-01-02 08:00")
    invoice, paid = disputed(world)
    written = len(world.ledger.changes)
    world.clock.advance(days=3)
    world.hear(paid)
    assert len(world.ledger.changes) == written
    world.hear(world.later(paid, "charge.dispute.updated", dispute="dp_1", disputed=100_00))
    assert len(world.ledger.changes) == written + 1, "the payment remembers the event"
    assert len(world.case(invoice).pauses) == 1
