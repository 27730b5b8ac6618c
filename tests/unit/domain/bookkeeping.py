"""Books to try things on, and the check that they add up (invariant I4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.books import Books
from chalicelib.domain.case import CaseStatus
from chalicelib.domain.customer import SYSTEM
from chalicelib.domain.decisions import Reason
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from tests.builders import a_customer, a_payment, case_of, utc

NOW = utc("2026-02-01 10:00")


def books_with(*invoices: Invoice) -> Books:
    """Return the books of a customer with these invoices and their cases."""
    books = Books(a_customer(), {}, {}, NOW, SYSTEM)
    for invoice in invoices:
        books.add_invoice(invoice, case_of(invoice))
    return books


def pay(books: Books, amount: int, **facts: Any) -> Payment:
    """Book a new payment and return it as allocated."""
    payment = books.apply(a_payment(amount, **facts))
    books.hold_credit(None, payment)
    return payment


def change(books: Books, before: Payment, **facts: Any) -> Payment:
    """Book a change of a payment and return it as allocated anew."""
    after = books.apply(replace(before, **facts))
    books.hold_credit(before, after)
    return after


def check(books, payments):
    """Check I4: every invoice's identity, the copies of what remains, and the customer's sums."""
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
