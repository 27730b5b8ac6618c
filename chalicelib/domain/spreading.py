"""Where a payment goes among what is open.

    asked for on the named ── disputed on the named ── asked for on the others, oldest due first

Where the creditor waives what is left of charges once an invoice itself is paid, money that is more
than what is asked for on the named pays the invoices themselves before any charges: or one of them
would stay open for charges on another that are waived a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from chalicelib.domain.allocation import OpenItem, allocate, merge
from chalicelib.domain.case import Case
from chalicelib.domain.payment import Allocation
from chalicelib.domain.undisputed import undisputed

_Round = tuple[list[Case], Callable[[Case], int]]
"""Which cases take money, and how much of it each, in minor units."""


def spread(
    amount: int, cases: Iterable[Case], named: tuple[str, ...], now: datetime, *, waives: bool
) -> tuple[Allocation, ...]:
    """Return where so many minor units go among open cases of one currency, by invoice.

    `waives`: charges are waived once the invoice itself is paid. What nothing takes is left over.
    """
    given: tuple[Allocation, ...] = ()
    for takers, part in _rounds(amount, list(cases), set(named), now, waives=waives):
        left = amount - sum(allocation.amount for allocation in given)
        items = [OpenItem(case.invoice_id, part(case), case.due_date) for case in takers]
        given = merge(given, allocate(left, items, named))
    return given


def _rounds(
    amount: int, cases: list[Case], named: set[str], now: datetime, *, waives: bool
) -> list[_Round]:
    own = [case for case in cases if case.invoice_id in named]
    others = [case for case in cases if case.invoice_id not in named]
    asked, disputed = partial(undisputed, now=now), partial(_disputed, now=now)
    if not waives:
        return [(own, asked), (own, disputed), (others, asked)]
    itself, charged = partial(_itself, now=now), partial(_charged, now=now)
    if amount <= sum(asked(case) for case in own):
        return [(own, itself), (own, charged)]
    invoices: list[_Round] = [(own, itself), (own, disputed), (others, itself)]
    return [*invoices, (own, charged), (others, charged)]


def _disputed(case: Case, now: datetime) -> int:
    return case.remaining - undisputed(case, now)


def _itself(case: Case, now: datetime) -> int:
    """Return what is asked for of the invoice itself: money pays that before charges."""
    return min(undisputed(case, now), max(0, case.remaining - case.charges))


def _charged(case: Case, now: datetime) -> int:
    return undisputed(case, now) - _itself(case, now)
