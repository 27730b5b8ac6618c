"""Money that came outside the provider: the named invoice first, then the oldest due."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidError, NotFoundError, StaleRecordError
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import ATTEMPTS
from chalicelib.services.record_payment import NewPayment, record_payment
from tests.builders import LIVE, USD, an_invoice, eur, utc
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import (
    InterruptedLedger,
    just_before_the_commit,
    lose_the_next_answer,
)
from tests.world import World


def test_a_payment_in_full_closes_the_case_in_the_same_commit():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    calls = world.ledger.calls
    payment = world.pay(invoice)
    assert world.ledger.calls == calls + 1
    assert world.invoice(invoice).status is InvoiceStatus.PAID
    assert world.invoice(invoice).settled_at == world.clock.now()
    assert [(each.invoice_id, each.amount) for each in payment.allocations] == [
        (invoice.id, 100_00)
    ]
    assert (payment.named, payment.version) == ((invoice.id,), 1)


def test_the_named_invoice_comes_first_then_the_oldest_due_then_credit():
    world = World("2026-01-02 08:00")
    oldest = world.post("R-1", due="2026-01-05", amount=30_00)
    newer = world.post("R-2", due="2026-01-10", amount=30_00)
    named = world.post("R-3", due="2026-02-20", amount=30_00)
    payment = world.pay(named, 100_00)
    assert [each.invoice_id for each in payment.allocations] == [named.id, oldest.id, newer.id]
    assert world.customer(named).credit == {"eur": 10_00}
    assert world.customer(named).credit_payments == (payment.id,)
    assert world.customer(named).balance == {}


def test_the_day_of_the_payment_and_the_reference_are_kept():
    world = World("2026-01-12 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    order = NewPayment(invoice.id, eur(5), utc("2026-01-10"), Method.CHECK, reference="No. 7")
    payment = record_payment(world.ports, LIVE, BILLING, order)
    assert (payment.paid_at, payment.created_at) == (utc("2026-01-10"), utc("2026-01-12 08:00"))
    assert (payment.method, payment.reference) == (Method.CHECK, "No. 7")


def test_another_currency_is_refused_and_changes_nothing():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    order = NewPayment(invoice.id, Money(1_00, USD), world.clock.now(), Method.CASH)
    with pytest.raises(InvalidError):
        record_payment(world.ports, LIVE, BILLING, order)
    assert len(world.ledger.changes) == written


@pytest.mark.parametrize("unknown", [an_invoice("R-9").id, "nonsense", "in_"])
def test_an_unknown_invoice_is_not_found(unknown: str):
    world = World("2026-01-02 08:00")
    order = NewPayment(unknown, eur(1), world.clock.now(), Method.CASH)
    with pytest.raises(NotFoundError):
        record_payment(world.ports, LIVE, BILLING, order)


def test_an_invoice_paid_by_another_writer_in_between_leaves_credit():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.pay(invoice))
    world.pay(invoice, 100_00)
    assert world.invoice(invoice).paid == 100_00
    assert world.customer(invoice).credit == {"eur": 100_00}


def test_a_record_that_never_stands_still_is_given_up_with_nothing_written():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15", amount=1_000_00)
    seen = []

    def always(_: object) -> None:
        seen.append(world.pay(invoice, 1_00))

    world.ledger.before_commit = always
    with pytest.raises(StaleRecordError) as refused:
        world.pay(invoice, 500_00)
    assert refused.value.code == "concurrent_change"
    assert len(seen) == ATTEMPTS
    assert world.invoice(invoice).paid == ATTEMPTS * 1_00


def test_a_very_large_payment_is_applied_in_several_commits_and_completely():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoices = [world.post(f"R-{n}", due="2026-01-15", amount=1_00) for n in range(65)]
    calls = world.ledger.calls
    payment = world.pay(invoices[0], 65_00)
    assert world.ledger.calls == calls + 4  # the first one holds what comes after the thirtieth
    assert (payment.unapplied, payment.held) == (0, ())
    assert world.customer(invoices[0]).balance == {}


def test_a_payment_that_was_recorded_is_never_told_as_refused():
    """The rest of a large payment can wait: it is credit until it can be applied."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoices = [world.post(f"R-{number}", due="2026-01-15", amount=10_00) for number in range(40)]
    commits: list[object] = []

    def refuse_all_after_the_payment(writes: object) -> None:
        commits.append(writes)
        if len(commits) > 2:  # the first one holds what the payment's own doesn't pay
            raise WriteConflictError

    world.ledger.before_commit = refuse_all_after_the_payment
    payment = world.pay(invoices[0], 400_00)
    assert payment.unapplied > 0
    assert world.customer(invoices[0]).credit == {"eur": payment.unapplied}


def test_a_payment_of_an_invoice_that_is_voided_in_between_becomes_credit():
    world = World("2026-01-02 08:00", ledger=InterruptedLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.ledger.before_invoices = lambda: world.void(invoice)
    payment = world.pay(invoice)
    assert payment.allocations == ()
    assert (world.invoice(invoice).paid, world.invoice(invoice).credited) == (0, 100_00)
    assert world.customer(invoice).credit == {"eur": 100_00}


def test_a_payment_whose_commit_was_told_as_lost_is_recorded_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    lose_the_next_answer(world)
    payment = world.pay(invoice)
    assert world.ledger.payments_of(LIVE, invoice.customer_id) == (payment,)
    assert world.customer(invoice).credit == {}
