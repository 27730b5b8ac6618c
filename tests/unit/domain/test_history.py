"""Payment history: counters that always are what the invoices say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given

from chalicelib.domain.history import History
from chalicelib.domain.payment import PaymentStatus
from tests.builders import EUR, an_invoice, utc
from tests.unit.domain.bookkeeping import books_with, change, pay
from tests.unit.domain.test_books_properties import EVENTS, _happen

LATE = utc("2026-01-20 23:30")
"""It is the 21st in Berlin: six days after the due date."""


def test_who_has_paid_nothing_yet_has_no_record():
    assert (History().share_paid_late, History().average_days_late) == (None, None)


def test_shares_and_averages_are_rounded_down():
    history = History(paid=3, late=2, days_late=5)
    assert (history.share_paid_late, history.average_days_late) == (66, 1)


def test_the_first_invoice_is_the_one_issued_first():
    history = History().with_invoice(date(2026, 2, 1)).with_invoice(date(2026, 1, 5))
    assert history.with_invoice(date(2026, 3, 1)).first_invoice == date(2026, 1, 5)


def test_an_invoice_counts_once_it_is_paid_by_the_day_of_the_payment():
    books = books_with(an_invoice("R-1"), an_invoice("R-2"))
    pay(books, 40_00, name="P-1", currency=EUR, paid_at=LATE)
    assert books.customer.history.paid == 0
    pay(books, 60_00, name="P-2", currency=EUR, paid_at=LATE)
    pay(books, 100_00, name="P-3", currency=EUR, paid_at=utc("2026-01-15 12:00"))
    history = books.customer.history
    assert (history.paid, history.late, history.days_late) == (2, 1, 6)


def test_what_was_credited_or_given_up_says_nothing_about_paying():
    books = books_with(an_invoice("R-1"), an_invoice("R-2"), an_invoice("R-3"))
    credited, void, off = list(books.invoices)
    books.credit(credited, 100_00)
    books.void(void)
    books.write_off(off)
    assert books.customer.history.paid == 0


def test_what_is_taken_back_doesnt_count_until_it_is_paid_again():
    books = books_with(an_invoice("R-1"))
    payment = pay(books, 100_00, name="P-1", currency=EUR, paid_at=LATE)
    change(books, payment, status=PaymentStatus.FAILED)
    assert replace(books.customer.history, first_invoice=None) == History()
    pay(books, 100_00, name="P-2", currency=EUR, paid_at=utc("2026-02-15 12:00"))
    assert books.customer.history.days_late == 31


@given(EVENTS)
def test_the_history_is_what_the_invoices_say_after_any_series_of_events(events):
    books = books_with(an_invoice("R-0"))
    payments: list = []
    for index, (kind, which, amount, money) in enumerate(events):
        _happen(books, payments, index, kind, which, amount, money)
        counted = [each.days_late for each in books.invoices.values() if each.days_late is not None]
        paid = {each.id for each in books.invoices.values() if each.days_late is not None}
        assert paid <= {each.id for each in books.invoices.values() if not each.is_open}
        history = books.customer.history
        found = (len(counted), sum(each > 0 for each in counted), sum(max(0, d) for d in counted))
        assert (history.paid, history.late, history.days_late) == found
