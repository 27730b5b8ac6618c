"""Money is an integer of minor units with a currency.

Rounding is always named; splitting loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache, total_ordering

import iso4217

MAX_AMOUNT = 999_999_999_999
"""Largest amount of one record, in minor units (Stripe's limit of twelve digits)."""


class Rounding(Enum):
    """How a fraction of a minor unit becomes a whole one."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


class UnknownCurrencyError(ValueError):
    """The code is no active ISO 4217 currency that has minor units."""


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were combined."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: `code` in lower case as in the API, `digits` after the decimal mark."""

    code: str
    digits: int

    def __str__(self) -> str:
        return self.code


@cache
def currency(code: str) -> Currency:
    """Return the currency of a three-letter code in lower or upper case (ISO 4217, table one).

    Raises UnknownCurrencyError for what isn't one, and for units of account without minor
    units (gold, SDR, testing codes), in which nobody is invoiced.
    """
    try:
        entry = iso4217.Currency(code.upper())
    except ValueError:
        raise UnknownCurrencyError(f"{code!r} is not an ISO 4217 currency") from None
    if entry.exponent is None:
        raise UnknownCurrencyError(f"{code!r} has no minor unit")
    return Currency(code=entry.code.lower(), digits=entry.exponent)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: `Money(119_000, currency("eur"))` is €1,190.00."""

    amount: int
    currency: Currency

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def split(self, parts: int) -> tuple[Money, ...]:
        """Divide into `parts` amounts that differ by at most one minor unit, larger ones first."""
        if parts < 1:
            raise ValueError("an amount is split into at least one part")
        sign = -1 if self.amount < 0 else 1
        share, left = divmod(abs(self.amount), parts)
        return tuple(
            Money(sign * (share + (1 if index < left else 0)), self.currency)
            for index in range(parts)
        )

    def fraction(self, numerator: int, denominator: int, *, rounding: Rounding) -> Money:
        """Return `amount × numerator ÷ denominator`, rounded as named; exact integer arithmetic."""
        if denominator <= 0:
            raise ValueError("the denominator is positive")
        return Money(_divide(self.amount * numerator, denominator, rounding), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} don't mix")
        return other.amount


def zero(of: Currency) -> Money:
    """Return nothing, in the given currency."""
    return Money(0, of)


def total(amounts: list[Money], of: Currency) -> Money:
    """Add up amounts of one currency; an empty list is zero."""
    return sum(amounts, start=zero(of))


def totals_by_currency(amounts: list[Money]) -> tuple[Money, ...]:
    """Add up per currency, in the order in which currencies first appear."""
    sums: dict[Currency, Money] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, zero(each.currency)) + each
    return tuple(sums.values())


def _divide(dividend: int, divisor: int, rounding: Rounding) -> int:
    sign = -1 if dividend < 0 else 1
    whole, rest = divmod(abs(dividend), divisor)
    match rounding:
        case Rounding.DOWN:
            up = False
        case Rounding.HALF_UP:
            up = 2 * rest >= divisor
        case Rounding.HALF_EVEN:
            up = 2 * rest > divisor or (2 * rest == divisor and whole % 2 == 1)
    return sign * (whole + up)
