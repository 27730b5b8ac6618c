"""Equal instalments: so many, or of so much, from a first day on; together exactly the sum."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count as counting
from itertools import pairwise

from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.money import Currency, Money
from chalicelib.domain.payment_plan import MOST_DAYS_AHEAD, MOST_INSTALMENTS, Instalment

_MONTHS = 12


class Interval(StrEnum):
    """How far apart instalments are."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class EqualInstalments:
    """So many equal instalments (`count`), or of so much each (`amount`, minor units) and a last
    one of the rest, from the local day `first` on."""

    first: date
    every: Interval
    count: int | None = None
    amount: int | None = None


def equal(total: int, of: Currency, wanted: EqualInstalments) -> tuple[Instalment, ...]:
    """Divide `total` (minor units) as wanted.

    Raises ValueError where that gives an instalment of nothing, or more than MOST_INSTALMENTS.
    """
    if wanted.count is not None:
        amounts = [each.amount for each in Money(total, of).split(wanted.count)]
    elif wanted.amount is not None and wanted.amount > 0:
        full, rest = divmod(total, wanted.amount)
        amounts = [wanted.amount] * min(full, MOST_INSTALMENTS + 1) + ([rest] if rest else [])
    else:
        raise ValueError("say how many instalments there are, or how large they are")
    if not 1 <= len(amounts) <= MOST_INSTALMENTS or min(amounts) <= 0:
        raise ValueError(f"{total} can't be divided into such instalments")
    days = _days(wanted.first, wanted.every)
    return tuple(Instalment(day, amount) for day, amount in zip(days, amounts, strict=False))


def check_days(instalments: tuple[Instalment, ...], today: date) -> None:
    """Raise InvalidError for local days that are past, too far ahead or out of order."""
    days = [each.day for each in instalments]
    problem = None
    if days[0] < today:
        problem = f"must not begin in the past; it is {today} at the customer's place"
    elif days[-1] > today + timedelta(days=MOST_DAYS_AHEAD):
        problem = f"must end within {MOST_DAYS_AHEAD} days"
    elif any(later <= day for day, later in pairwise(days)):
        problem = "must each be after the one before, the first of them after the deposit"
    if problem:
        fault = FieldError("/instalments", problem)
        raise InvalidError("Nobody can pay on such days.", fields=(fault,))


def _days(first: date, every: Interval) -> Iterator[date]:
    """Yield the days, without end. A month that lacks the first one's day has its last day, and the
    month after it that day again."""
    for number in counting():
        if every is Interval.WEEK:
            yield first + timedelta(weeks=number)
        else:
            year, month = divmod(first.year * _MONTHS + first.month - 1 + number, _MONTHS)
            last = monthrange(year, month + 1)[1]
            yield first.replace(year=year, month=month + 1, day=min(first.day, last))
