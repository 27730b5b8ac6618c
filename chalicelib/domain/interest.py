"""Simple interest on what was owed each day, exact to the day; interest bears no interest.

A day counts with what was owed when it began, so the day on which money came still counts, and the
due date doesn't: from the day after it to the day of payment (BGB sections 187(1), 188, 289;
Late Payment of Commercial Debts (Interest) Act 1998 section 4). Rates are millionths a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

DAY = timedelta(days=1)
JANUARY, JULY = 1, 7
PERCENT = 10_000
"""One percent, in millionths."""


PERCENT_TEXT = r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?$"
"""How a percentage is written."""


class DayCount(StrEnum):
    """What part of a year a day is: one of 365, one of that year's days, or one of 360."""

    ACTUAL_365 = "actual_365"
    ACTUAL_ACTUAL = "actual_actual"
    ACTUAL_360 = "actual_360"


class InterestRounding(StrEnum):
    """Whether the sum is rounded half up, or the amount of each day before it is added up.

    What is rounded off a sum is carried over to the next charge of the invoice.
    """

    AT_END = "at_end"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in millionths a year, and the reference rate that it is made of, if any."""

    of_year: int
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What an invoice itself asked for, in minor units, and when which part of it was paid.

    Payments pay the invoice before what is charged on it. What is credited was never owed.
    """

    amount: int
    paid: tuple[tuple[date, int], ...] = ()

    def on(self, day: date) -> int:
        """Return what was owed when the day began."""
        return max(0, self.amount - sum(amount for paid_on, amount in self.paid if paid_on < day))


@dataclass(frozen=True, slots=True)
class InterestPart:
    """The interest of some days alike: minor units on `principal`, from `since` to `until`.

    Both days are within. `rate` and `base` are millionths a year.
    """

    since: date
    until: date
    principal: int
    rate: int
    base: int | None
    amount: int

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest of a period, its parts in order, and what is carried over to the next."""

    parts: tuple[InterestPart, ...]
    carried: Fraction

    @property
    def amount(self) -> int:
        """All of it, in minor units."""
        return sum(part.amount for part in self.parts)


def interest(
    owed: Owed,
    since: date,
    until: date,
    *,
    rate_on: Callable[[date], Rate],
    day_count: DayCount = DayCount.ACTUAL_365,
    rounding: InterestRounding = InterestRounding.AT_END,
    carried: Fraction = Fraction(0),
) -> Interest:
    """Return the interest of the days from `since` to `until`, both within; none where it's later.

    Two periods that follow each other, the second with what the first carried, come to the same as
    the two in one. Raises whatever `rate_on` raises for a day on which something was owed.
    """
    parts: list[InterestPart] = []
    for first, last in _stretches(owed, since, until):
        principal = owed.on(first)
        rate = rate_on(first) if principal else Rate(0)
        a_day = Fraction(principal * rate.of_year, 1_000_000 * _days_a_year(first, day_count))
        days = (last - first).days + 1
        if rounding is InterestRounding.DAILY:
            amount = half_up(a_day) * days
        else:
            exact = carried + a_day * days
            amount = half_up(exact)
            carried = exact - amount
        parts.append(InterestPart(first, last, principal, rate.of_year, rate.base, amount))
    return Interest(tuple(_joined(parts)), carried)


def millionths(percent: str) -> int:
    """Read a percentage. Raises ValueError."""
    if re.fullmatch(PERCENT_TEXT, percent):
        return int(Decimal(percent) * PERCENT)
    raise ValueError('must be a percentage as text, with up to four decimals, like "10.27"')


def half_up(exact: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    whole = int(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def half_year_of(day: date) -> date:
    """Return the first day of the half-year that a day is in."""
    return date(day.year, JULY if day.month >= JULY else JANUARY, 1)


def _stretches(owed: Owed, since: date, until: date) -> Iterator[tuple[date, date]]:
    """Yield the days in stretches within which neither rate, principal nor year changes."""
    starts = {since, *(paid_on + DAY for paid_on, _ in owed.paid)}
    years = range(since.year, until.year + 1)
    starts |= {date(year, month, 1) for year in years for month in (JANUARY, JULY)}
    within = sorted(start for start in starts if since <= start <= until)
    yield from zip(within, [*(start - DAY for start in within[1:]), until], strict=bool(within))


def _joined(parts: Iterable[InterestPart]) -> Iterator[InterestPart]:
    """Yield the parts, those that follow each other at the same terms within a half-year as one."""
    held: InterestPart | None = None
    for part in parts:
        if held and _is_alike(held, part):
            amount = held.amount + part.amount
            held = InterestPart(
                held.since, part.until, part.principal, part.rate, part.base, amount
            )
            continue
        if held:
            yield held
        held = part
    if held:
        yield held


def _is_alike(one: InterestPart, other: InterestPart) -> bool:
    same_terms = (one.principal, one.rate, one.base) == (other.principal, other.rate, other.base)
    return same_terms and half_year_of(one.since) == half_year_of(other.since)


def _days_a_year(day: date, day_count: DayCount) -> int:
    match day_count:
        case DayCount.ACTUAL_360:
            return 360
        case DayCount.ACTUAL_ACTUAL:
            return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        case DayCount.ACTUAL_365:
            return 365
