"""A credit note lowers an invoice by at most what remains."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import (
    AmountTooLargeError,
    InvalidError,
    InvoiceNotOpenError,
    NotFoundError,
)
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.money import Money
from chalicelib.services.issue_credit_note import NewCreditNote, issue_credit_note
from tests.builders import LIVE, USD, an_invoice, eur
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import (
    InterruptedLedger,
    just_before_the_commit,
    lose_the_next_answer,
)
from tests.world import World


def test_a_part_lowers_what_remains_and_the_rest_closes_the_case():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    order = NewCreditNote(invoice.id, eur(30_00), "damaged", number="CN-1")
    note = issue_credit_note(world.ports, LIVE, BILLING, order)
    assert (note.amount, note.reason, note.number) == (30_00, "damaged", "CN-1")
    assert world.invoice(invoice).remaining == 70_00
    world.credit(invoice, 70_00)
    after = world.invoice(invoice)
    assert (after.status, after.credited, after.paid) == (InvoiceStatus.PAID, 100_00, 0)
    assert len(world.ledger.credit_notes_of(LIVE, invoice.customer_id)) == 2


def test_more_than_what_remains_is_refused():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.pay(invoice, 60_00)
    with pytest.raises(AmountTooLargeError) as refused:
        world.credit(invoice, 40_01)
    assert refused.value.code == "amount_exceeds_remaining"
    world.credit(invoice, 40_00)


@pytest.mark.parametrize("deed", ["pay", "void", "write_off"])
def test_what_is_closed_takes_no_credit_note(deed: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    getattr(world, deed)(invoice)
    with pytest.raises(InvoiceNotOpenError):
        world.credit(invoice, 1)


def test_another_currency_is_refused():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    with pytest.raises(InvalidError):
        issue_credit_note(
            world.ports, LIVE, BILLING, NewCreditNote(invoice.id, Money(1, USD), "no")
        )


def test_an_unknown_invoice_is_not_found():
    world = World("2026-01-02 08:00")
    with pytest.raises(NotFoundError):
        world.credit(an_invoice("R-9"), 1)


def test_a_payment_in_between_counts_before_the_credit_note_does():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.pay(invoice, 60_00))
    with pytest.raises(AmountTooLargeError):
        world.credit(invoice, 100_00)
    assert world.invoice(invoice).credited == 0


@pytest.mark.parametrize(
    ("paid", "refusal"), [(100_00, InvoiceNotOpenError), (60_00, AmountTooLargeError)]
)
def test_what_is_paid_while_the_invoice_is_looked_at_counts(paid: int, refusal: type[Exception]):
    world = World("2026-01-02 08:00", ledger=InterruptedLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.ledger.before_file = lambda: world.pay(invoice, paid)
    with pytest.raises(refusal):
        world.credit(invoice, 50_00)
    assert world.invoice(invoice).credited == 0


def test_a_note_whose_commit_was_told_as_lost_is_issued_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    lose_the_next_answer(world)
    note = world.credit(invoice, 40_00)
    assert world.ledger.credit_notes_of(LIVE, invoice.customer_id) == (note,)
    assert world.invoice(invoice).credited == 40_00
