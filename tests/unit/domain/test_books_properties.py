"""The books add up, whatever happens and in whatever order (invariant I4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.payment import PaymentStatus
from tests.builders import EUR, USD, an_invoice, case_of
from tests.unit.domain.bookkeeping import books_with, change, check, pay

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
