"""Judge promises to pay: in the transaction of the money, or when the promised day is over.

Which promises stand, the pauses on the customer's open cases say. A promise is looked at when one
of its invoices changes or its day is over; a payment that comes after that is too late.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.judging import disputed_at, judged
from chalicelib.domain.promise import PromiseStatus, promised_on, to_be_judged
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS
from chalicelib.services.common import changing, load_promise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.case import Case, Pause
    from chalicelib.domain.invoice import Invoice
    from chalicelib.domain.promise import Promise
    from chalicelib.ports.storage import Record, Write
    from chalicelib.services.bookkeeping import OpenBooks

BESIDE = 10
"""Items of a transaction that are kept for the customer, the payment, tasks, the mark of a request
and the cases that are woken to lead their accounts."""


def judge_promises(opened: OpenBooks) -> list[Write[Record]]:
    """Judge what changed invoices or the time make due; return the writes of the promises.

    Cases and customer change in the books. What no longer fits into the transaction is judged with
    the next change of its invoices, or when its day is over. So a promise may stand for a while
    that is kept already; but never one all of whose cases are closed, since those cost it nothing.
    """
    books, tenant = opened.books, opened.customer.tenant
    promises = [load_promise(opened.ports, tenant, each) for each in _concerned(opened)]
    writes: list[Write[Record]] = []
    for promise in sorted(promises, key=lambda each: len(each.covered)):
        customer, cases = books.customer, dict(books.cases)
        own = _judge(opened, promise)
        if items_of(opened) + len(writes) + len(own) + opened.beside <= MAX_TRANSACTION_ITEMS:
            writes += own
        else:
            books.customer, books.cases = customer, {**opened.cases, **cases}
    return writes


def hold(opened: OpenBooks, promise: Promise) -> None:
    """Hold back what an open promise is about and still is owed, until it is judged."""
    for invoice_id in promise.invoices:
        if case := opened.books.cases.get(invoice_id):
            put_pause(opened, case, promise.id, promise.pause if case.is_open else None)


def release(opened: OpenBooks, promise: Promise) -> None:
    """Take what a promise that has ended holds back out of the books."""
    for invoice_id in promise.invoices:
        if case := opened.books.cases.get(invoice_id):
            put_pause(opened, case, promise.id, None)


def _judge(opened: OpenBooks, promise: Promise) -> list[Write[Record]]:
    books = opened.books
    if not promise.is_open:
        release(opened, promise)
        return []
    opened.load(promise.invoices)
    was_over, is_over = (
        _moment(promise, cases) <= books.now for cases in (opened.cases, books.cases)
    )
    after = promise
    if was_over:  # money that comes now is too late for its day, as is a decision on a dispute
        after = _judged(opened, after, opened.invoices, opened.cases, is_over=True)
    if after.is_open:
        is_over = is_over and not was_over
        after = _judged(opened, after, books.invoices, books.cases, is_over=is_over)
    if after.is_open:
        hold(opened, after)
    else:
        release(opened, after)
    if after.status is PromiseStatus.BROKEN:
        count = books.customer.broken_promises + 1
        books.customer = replace(books.customer, broken_promises=count)
    return [changing(promise, after, books.change)] if after != promise else []


def _judged(
    opened: OpenBooks,
    promise: Promise,
    invoices: Mapping[str, Invoice],
    cases: Mapping[str, Case],
    *,
    is_over: bool,
) -> Promise:
    calendar, now = opened.customer.calendar, opened.books.now
    disputed = disputed_at(cases.values(), _moment(promise, cases))
    return judged(promise, invoices, calendar, now, is_over=is_over, disputed=disputed)


def _moment(promise: Promise, cases: Mapping[str, Case]) -> datetime:
    """Return when the next date of the promise is to be judged, as these cases say (UTC)."""
    return to_be_judged(cases.values()).get(promise.id, promise.until)


def _concerned(opened: OpenBooks) -> tuple[str, ...]:
    """Return the promises that a change or the time concerns.

    An invoice that is open again may be one that a promise about others covers, too.
    """
    books = opened.books
    changed = [
        each for each, invoice in books.invoices.items() if opened.invoices.get(each) != invoice
    ]
    before = [opened.cases[each] for each in changed if each in opened.cases]
    if any(not case.is_open and books.cases[case.invoice_id].is_open for case in before):
        return promised_on(books.cases.values())
    moments = to_be_judged(books.cases.values())
    over = [each for each, moment in moments.items() if moment <= books.now]
    return tuple(dict.fromkeys((*promised_on(before), *over)))


def items_of(opened: OpenBooks) -> int:
    """Return how many items the changes so far write: a case that moves counts twice."""
    books = opened.books
    invoices = sum(opened.invoices.get(key) != each for key, each in books.invoices.items())
    cases = [each for key, each in books.cases.items() if opened.cases.get(key) != each]
    before = ((opened.cases.get(case.invoice_id), case) for case in cases)
    moved = sum(
        old is not None and old.is_unfinished is not new.is_unfinished for old, new in before
    )
    return invoices + len(cases) + moved + len(opened.charges)


def put_pause(opened: OpenBooks, case: Case, reference: str, pause: Pause | None) -> None:
    """Put the case into the books with that pause alone of those with the reference, or none.

    What was closed before isn't written for it: it holds nobody back, and is looked at again should
    it be reopened.
    """
    others = tuple(each for each in case.pauses if each.reference != reference)
    is_so = pause in case.pauses or (len(others) == len(case.pauses) and pause is None)
    was_closed = not case.is_open and case == opened.cases.get(case.invoice_id)
    if not (is_so or was_closed):
        pauses = (*others, pause) if pause else others
        opened.books.cases[case.invoice_id] = replace(case, pauses=pauses)
