"""The books add up, whatever happens and in whatever order (invariant I4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.books import AmountExceedsRemainingError, Books
from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.customer import SYSTEM
from chalicelib.domain.decisions import Reason
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment import Allocation, Payment, PaymentStatus
from tests.builders import (
    EUR,
    USD,
    a_claim,
    a_customer,
    a_payment,
    a_result,
    an_invoice,
    case_of,
    utc,
)

NOW = utc("2026-02-01 10:00")


def books_with(*invoices: Invoice) -> Books:
    books = Books(a_customer(), {}, {}, NOW, SYSTEM)
    for invoice in invoices:
        books.add_invoice(invoice, case_of(invoice))
    return books


def pay(books: Books, amount: int, **facts: Any) -> Payment:
    payment = books.apply(a_payment(amount, **facts))
    books.hold_credit(None, payment)
    return payment


def change(books: Books, before: Payment, **facts: Any) -> Payment:
    after = books.apply(replace(before, **facts))
    books.hold_credit(before, after)
    return after


def check(books, payments):
    """I4: every invoice's identity, the copies of what remains, and the customer's sums."""
    owed: dict[str, int] = {}
    for invoice in books.invoices.values():
        settled = invoice.paid + invoice.credited + invoice.written_off
        assert invoice.amount + invoice.charges == settled + invoice.remaining
        assert min(invoice.paid, invoice.credited, invoice.written_off, invoice.remaining) >= 0
        assert (invoice.remaining > 0) == invoice.is_open
        assert (invoice.settled_at is None) == invoice.is_open
        case = books.cases[invoice.id]
        assert case.remaining == invoice.remaining
        assert (case.status is CaseStatus.OPEN) == invoice.is_open
        assert case.closed_reason == (None if invoice.is_open else Reason(invoice.status.value))
        code = invoice.currency.code
        owed[code] = owed.get(code, 0) + invoice.remaining
        received = [a for p in payments for a in p.allocations if a.invoice_id == invoice.id]
        assert invoice.paid == sum(allocation.amount for allocation in received)
    assert books.customer.balance == {code: amount for code, amount in owed.items() if amount}
    credit: dict[str, int] = {}
    for payment in payments:
        assert 0 <= payment.allocated <= payment.effective
        code = payment.currency.code
        credit[code] = credit.get(code, 0) + payment.unapplied
    assert books.customer.credit == {code: amount for code, amount in credit.items() if amount}
    holders = {payment.id for payment in payments if payment.unapplied}
    assert set(books.customer.credit_payments) == holders


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
    assert books.touched_by(a_payment(50_00)) == {first.id}

    payment = pay(books, 150_00)
    assert books.touched_by(replace(payment, refunded=150_00)) == {first.id, second.id}


def test_named_invoices_are_paid_first():
    first, second = an_invoice("R-1"), an_invoice("R-2", due="2026-01-20")
    books = books_with(first, second)
    payment = pay(books, 50_00, named=(second.id,))

    assert payment.allocations == (Allocation(second.id, 50_00),)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "refund", "dispute", "fail", "credit", "void", "off", "new"]),
        st.integers(0, 5),
        st.integers(1, 250_00),
        st.sampled_from([EUR, USD]),
    ),
    max_size=25,
)


@given(EVENTS)
def test_the_books_add_up_after_any_series_of_events(events):
    books = books_with(an_invoice("R-0"), an_invoice("R-1", currency=USD, charges=5_00))
    payments: list = []
    for index, (kind, which, amount, money) in enumerate(events):
        _happen(books, payments, index, kind, which, amount, money)
        check(books, payments)


def _happen(books, payments, index, kind, which, amount, money):
    invoice = list(books.invoices.values())[which % len(books.invoices)]
    if kind == "new":
        new = an_invoice(f"N-{index}", currency=money, amount=amount)
        books.add_invoice(new, case_of(new))
    elif kind == "pay":
        named = (invoice.id,) if which % 2 else ()
        payments.append(pay(books, amount, name=f"P-{index}", currency=money, named=named))
    elif kind in {"refund", "dispute", "fail"} and payments:
        before = payments[which % len(payments)]
        changes = {
            "refund": {"refunded": min(before.amount, before.refunded + amount)},
            "dispute": {"disputed": 0 if before.disputed else before.amount},
            "fail": {"status": PaymentStatus.FAILED},
        }
        payments[which % len(payments)] = change(books, before, **changes[kind])
    elif kind == "credit" and invoice.is_open:
        books.credit(invoice.id, min(amount, invoice.remaining))
    elif kind == "void" and invoice.is_open:
        books.void(invoice.id)
    elif kind == "off" and invoice.is_open:
        books.write_off(invoice.id)
