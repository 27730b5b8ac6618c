"""What payments, refunds, credit notes and endings do to the books, example by example."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.books import AmountExceedsRemainingError, Books
from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.payment import Allocation, PaymentStatus
from tests.builders import USD, a_claim, a_payment, a_result, an_invoice, case_of
from tests.unit.domain.bookkeeping import NOW, books_with, change, check, pay


def test_a_payment_closes_the_case_and_the_balance():
    invoice = an_invoice()
    books = books_with(invoice)
    payment = pay(books, 100_00)

    assert books.invoices[invoice.id].status is InvoiceStatus.PAID
    assert books.invoices[invoice.id].settled_at == NOW
    assert books.cases[invoice.id].closed_reason == "paid"
    assert books.cases[invoice.id].due_at is None
    assert books.customer.balance == {}
    check(books, [payment])


def test_a_part_payment_of_60_on_100_leaves_40():
    invoice = an_invoice()
    books = books_with(invoice)
    pay(books, 60_00)

    assert books.cases[invoice.id].remaining == 40_00
    assert books.cases[invoice.id].status is CaseStatus.OPEN


def test_a_credit_note_counts_as_much_as_a_payment():
    invoice = an_invoice()
    books = books_with(invoice)
    books.credit(invoice.id, 60_00)
    pay(books, 40_00)

    assert books.invoices[invoice.id].status is InvoiceStatus.PAID


def test_what_is_overpaid_becomes_credit_and_pays_the_next_invoice():
    books = books_with(an_invoice("R-1"))
    before = pay(books, 130_00)
    assert books.customer.credit == {"eur": 30_00}
    assert books.customer.credit_payments == (before.id,)

    later = an_invoice("R-2", due="2026-03-15")
    books.add_invoice(later, case_of(later))
    after = change(books, before)

    assert books.invoices[later.id].paid == 30_00
    assert books.customer.credit == {}
    check(books, [after])


def test_a_payment_in_another_currency_pays_nothing_here():
    books = books_with(an_invoice())
    payment = pay(books, 100_00, currency=USD)

    assert books.customer.balance == {"eur": 100_00}
    assert books.customer.credit == {"usd": 100_00}
    check(books, [payment])


def test_a_refund_reopens_what_was_paid_last():
    first, second = an_invoice("R-1", due="2026-01-10"), an_invoice("R-2", due="2026-01-20")
    books = books_with(first, second)
    payment = change(books, pay(books, 200_00), refunded=50_00)

    assert books.invoices[first.id].status is InvoiceStatus.PAID
    assert books.invoices[second.id].remaining == 50_00
    assert books.cases[second.id].status is CaseStatus.OPEN
    assert books.cases[second.id].closed_reason is None
    check(books, [payment])


def test_a_refund_takes_the_credit_first():
    books = books_with(an_invoice())
    payment = change(books, pay(books, 130_00), refunded=30_00)

    assert books.customer.credit == {}
    assert books.customer.balance == {}
    check(books, [payment])


@pytest.mark.parametrize("settle", [Books.void, Books.write_off])
def test_a_refund_does_not_reopen_what_was_given_up(settle):
    invoice = an_invoice()
    books = books_with(invoice)
    payment = pay(books, 60_00)
    settle(books, invoice.id)
    payment = change(books, payment, refunded=60_00)

    assert not books.invoices[invoice.id].is_open
    assert books.customer.balance == {}
    check(books, [payment])


def test_more_than_is_owed_cannot_be_credited():
    invoice = an_invoice()
    books = books_with(invoice)

    with pytest.raises(AmountExceedsRemainingError):
        books.credit(invoice.id, 100_01)
    check(books, [])


def test_a_failed_payment_pays_nothing():
    books = books_with(an_invoice())
    payment = pay(books, 100_00, status=PaymentStatus.PROCESSING)
    assert books.customer.balance == {"eur": 100_00}

    payment = change(books, payment, status=PaymentStatus.SUCCEEDED)
    assert books.customer.balance == {}

    payment = change(books, payment, status=PaymentStatus.FAILED)
    assert books.customer.balance == {"eur": 100_00}
    check(books, [payment])


def test_closing_carries_the_last_contact_to_the_customer():
    invoice = an_invoice()
    books = books_with(invoice)
    sent = a_result(Outcome.SENT, "2026-01-16 09:00")
    claimed = a_claim(at="2026-01-30 09:00")
    books.cases[invoice.id] = replace(
        books.cases[invoice.id], results={"first": sent}, claim=claimed
    )
    pay(books, 100_00)

    assert books.customer.last_contact_at == claimed.at
    assert books.cases[invoice.id].claim == claimed, "a claim in flight outlives the closing"


def test_a_payment_says_in_advance_which_invoices_it_will_touch():
    first, second = an_invoice("R-1"), an_invoice("R-2", due="2026-01-20")
    books = books_with(first, second)
    assert books.touched_by(a_payment(50_00)) == (first.id,)

    payment = pay(books, 150_00)
    assert books.touched_by(replace(payment, refunded=150_00)) == (first.id, second.id)


def test_named_invoices_are_paid_first():
    first, second = an_invoice("R-1"), an_invoice("R-2", due="2026-01-20")
    books = books_with(first, second)
    payment = pay(books, 50_00, named=(second.id,))

    assert payment.allocations == (Allocation(second.id, 50_00),)
