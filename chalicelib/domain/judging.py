"""What has come of a promise: judged by what was paid of its invoices, and what is left of them.

Before its day only money, or an end of the invoices, decides. On the day nobody waits for what a
dispute sets aside then: it isn't asked for anywhere. How the dispute is decided afterwards changes
nothing about the promise, and where it was decided before, all that is owed is expected again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import accumulate

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.promise import Covered, EndedBy, Promise, PromiseStatus, judged_after


def judged(
    promise: Promise,
    invoices: Mapping[str, Invoice],
    calendar: LocalCalendar,
    now: datetime,
    *,
    is_over: bool,
    disputed: Mapping[str, int],
) -> Promise:
    """Return an open promise as its invoices, by id, now say that it stands.

    A date is kept when as much has come in as was promised up to it, or nothing is left to ask
    for. `is_over` says that the next date's time has passed; what is `disputed` then (minor units,
    by invoice) isn't asked for. Thus it takes from the last dates first, and where it is all that
    is left, no later date is waited for either.
    """
    received = received_on(promise.covered, invoices)
    left = left_on(promise.covered, invoices, disputed if is_over else {})
    sums = accumulate(each.amount for each in promise.dates)
    kept = max(promise.kept, sum(left == 0 or total <= received for total in sums))
    after = replace(promise, received=received, kept=kept)
    if kept == len(promise.dates):
        ended_by = EndedBy.PAID if received >= promise.amount else _settled_by(promise, invoices)
        is_kept = ended_by is EndedBy.PAID
        return _ended(after, PromiseStatus.KEPT if is_kept else _GIVEN_UP, ended_by, now)
    if kept == promise.kept and is_over:
        status = PromiseStatus.PARTLY_KEPT if kept else PromiseStatus.BROKEN
        return _ended(after, status, EndedBy.DAY_PASSED, now)
    return replace(after, until=judged_after(promise.dates[kept].day, promise.grace_days, calendar))


def cancelled(promise: Promise, now: datetime) -> Promise:
    """Return an open promise as called off: it counts for nothing and holds nothing back."""
    return _ended(promise, PromiseStatus.CANCELLED, EndedBy.CANCELLED, now)


def disputed_at(cases: Iterable[Case], moment: datetime) -> dict[str, int]:
    """Return what disputes set aside up to a moment (UTC), in minor units by invoice.

    One that ends at that very moment did so all the time before.
    """
    return {
        case.invoice_id: sum(
            case.remaining if pause.amount is None else pause.amount
            for pause in case.disputes
            if pause.since < moment and (pause.until is None or moment <= pause.until)
        )
        for case in cases
    }


_GIVEN_UP = PromiseStatus.CANCELLED
"""Nothing is left that could be paid, so it was neither kept nor broken."""


def received_on(covered: Iterable[Covered], invoices: Mapping[str, Invoice]) -> int:
    """Return the money on the invoices since; what was paid back of older money counts against."""
    return max(0, sum(invoices[each.invoice_id].paid - each.paid for each in covered))


def left_on(
    covered: Iterable[Covered], invoices: Mapping[str, Invoice], disputed: Mapping[str, int]
) -> int:
    """Return what is asked for on the invoices, without charges that came afterwards."""
    left = 0
    for each in covered:
        invoice = invoices[each.invoice_id]
        later = max(0, invoice.charges - each.charges)
        left += max(0, invoice.remaining - later - disputed.get(invoice.id, 0))
    return left


def _settled_by(promise: Promise, invoices: Mapping[str, Invoice]) -> EndedBy:
    """Say what settled invoices of which less was paid than promised.

    Who paid what a credit note or a dispute left has paid; a debt that was given up wasn't paid by
    anybody.
    """
    statuses = {invoices[each].status for each in promise.invoices}
    if InvoiceStatus.WRITTEN_OFF in statuses:
        return EndedBy.WRITTEN_OFF
    if received_on(promise.covered, invoices):
        return EndedBy.PAID
    if InvoiceStatus.OPEN in statuses and left_on(promise.covered, invoices, {}):
        return EndedBy.DISPUTED
    return EndedBy.VOID if statuses == {InvoiceStatus.VOID} else EndedBy.CREDITED


def _ended(promise: Promise, status: PromiseStatus, by: EndedBy, now: datetime) -> Promise:
    return replace(promise, status=status, ended_by=by, ended_at=now)
