"""The rates on which statutory interest stands, by half-year, and where they come from.

Hundredths of a percent a year. A half-year that isn't here is unknown: nothing is guessed. What
comes after the last one is a line of the next release, or of the creditor's own configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.errors import RateUnknownError
from chalicelib.domain.interest import PERCENT, half_year_of


class ReferenceRate(StrEnum):
    """A rate that a law refers to.

    `ecb` is the European Central Bank's for main refinancing operations on the half-year's first
    day (Directive 2011/7/EU, article 2(7)). `de` is the Basiszinssatz (BGB section 247, announced
    by the Bundesbank), `at` the Basiszinssatz on the half-year's first day (UGB section 456,
    published by the OeNB), `gb` the Bank of England's official dealing rate on the day before the
    half-year (The Late Payment of Commercial Debts (Rate of Interest) (No. 3) Order 2002).
    """

    ECB = "ecb"
    DE = "de"
    AT = "at"
    GB = "gb"


@dataclass(frozen=True, slots=True)
class KnownRate:
    """A reference rate in millionths a year, for the half-year that begins on `since`."""

    of: ReferenceRate
    since: date
    rate: int


FIRST_YEAR = 2016
_UNTIL_2022 = 13
"""Half-years from July 2016 to December 2022, in which the euro's rates stood still."""

HUNDREDTHS: dict[ReferenceRate, tuple[int, ...]] = {
    ReferenceRate.ECB: (*[0] * _UNTIL_2022, 250, 400, 450, 425, 315, 215, 215),
    ReferenceRate.DE: (*[-88] * _UNTIL_2022, 162, 312, 362, 337, 227, 127, 127),
    ReferenceRate.AT: (*[-62] * _UNTIL_2022, 188, 338, 388, 388, 253, 153, 153),
    ReferenceRate.GB: (
        *(50, 25, 25, 50, 50, 75, 75, 75, 10, 10, 10, 25, 125),
        *(350, 500, 525, 525, 475, 425, 375),
    ),
}
"""From the second half of 2016 to the first of 2026."""


def reference_rate(of: ReferenceRate, day: date, own: tuple[KnownRate, ...] = ()) -> int:
    """Return the rate of the half-year that a day is in, in millionths; may be negative.

    `own` are those that a creditor adds; they go before ours. Raises RateUnknownError.
    """
    start = half_year_of(day)
    for known in own:
        if known.of is of and known.since == start:
            return known.rate
    place = 2 * (start.year - FIRST_YEAR) + (start.month > 1) - 1
    if not 0 <= place < len(HUNDREDTHS[of]):
        raise RateUnknownError(f"The reference rate {of.value} isn't known for {start}.")
    return HUNDREDTHS[of][place] * PERCENT // 100
