"""What a business may ask of one that pays late: by contract, or by the law of its country.

Directive 2011/7/EU and what the member states made of it, and the United Kingdom's Late Payment of
Commercial Debts (Interest) Act 1998. All of it is between businesses; a consumer owes less, and
only where that is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.errors import (
    CompensationUnknownError,
    NotForConsumersError,
    RateUnknownError,
)
from chalicelib.domain.interest import PERCENT, DayCount, InterestRounding, Rate
from chalicelib.domain.reference_rates import KnownRate, ReferenceRate, reference_rate

Tiers = tuple[tuple[int | None, int], ...]
"""Amounts by the size of a debt, in minor units: up to and with the first, then the second."""

FORTY: Tiers = ((None, 40_00),)
"""Directive 2011/7/EU, article 6(1)."""


class WhenPaid(StrEnum):
    """What becomes of charges once the invoice itself is paid: they stay owed, or are waived."""

    KEEP = "keep"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Law:
    """Statutory interest and compensation of a country. Margins are hundredths of a percent.

    `rounded_up_to` is a step to which the rate is rounded up. `is_fixed`: the rate of the first
    day holds as long as the debt. Without `for_consumers` a consumer owes no interest by it.
    """

    reference: ReferenceRate
    margin: int
    source: str
    for_consumers: int | None = None
    rounded_up_to: int = 0
    is_fixed: bool = False
    currency: str = "eur"
    compensation: Tiers = FORTY


LAWS: dict[str, Law] = {
    "AT": Law(ReferenceRate.AT, 920, "UGB sections 456 and 458"),
    "BE": Law(ReferenceRate.ECB, 800, "Law of 2 August 2002, articles 5 and 6", rounded_up_to=50),
    "DE": Law(ReferenceRate.DE, 900, "BGB section 288", for_consumers=500),
    "ES": Law(ReferenceRate.ECB, 800, "Ley 3/2004, articles 7 and 8"),
    "FR": Law(ReferenceRate.ECB, 1000, "Code de commerce, articles L441-10 and D441-5"),
    "GB": Law(
        ReferenceRate.GB,
        800,
        "Late Payment of Commercial Debts (Interest) Act 1998, sections 4 and 5A",
        is_fixed=True,
        currency="gbp",
        compensation=((999_99, 40_00), (9_999_99, 70_00), (None, 100_00)),
    ),
    "IE": Law(
        ReferenceRate.ECB,
        800,
        "S.I. No. 580/2012",
        compensation=((1_000_00, 40_00), (10_000_00, 70_00), (None, 100_00)),
    ),
    "IT": Law(ReferenceRate.ECB, 800, "D.Lgs. 231/2002, articles 5 and 6"),
    "LU": Law(ReferenceRate.ECB, 800, "Law of 18 April 2004, articles 3 and 5"),
    "NL": Law(ReferenceRate.ECB, 800, "BW 6:119a, 6:120 and 6:96"),
}
"""By the country whose law governs the contract: the seller's, where nothing else was agreed
(Regulation (EC) 593/2008, article 4)."""


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A creditor's policy. `law` is a country (None: the creditor's own), `contract_rate` what was
    agreed, in millionths a year (None: what the law says), `rates` reference rates that we don't
    know."""

    law: str | None = None
    contract_rate: int | None = None
    day_count: DayCount = DayCount.ACTUAL_365
    rounding: InterestRounding = InterestRounding.AT_END
    when_paid: WhenPaid = WhenPaid.KEEP
    rates: tuple[KnownRate, ...] = ()


USUAL_POLICY = LatePayment()
"""What holds where a creditor says nothing."""


def law_of(country: str) -> Law:
    """Return the law of a country. Raises RateUnknownError where we don't know it."""
    if country not in LAWS:
        raise RateUnknownError(f"The statutory interest of {country} isn't known; name a rate.")
    return LAWS[country]


def statutory_rate(
    law: Law, day: date, *, first_day: date, is_consumer: bool, own: tuple[KnownRate, ...] = ()
) -> Rate:
    """Return the rate of a day, for a debt that bears interest from `first_day` on.

    Raises RateUnknownError, NotForConsumersError.
    """
    margin = law.for_consumers if is_consumer else law.margin
    if margin is None:
        raise NotForConsumersError("The law's interest for late payment is between businesses.")
    base = reference_rate(law.reference, first_day if law.is_fixed else day, own)
    rate = base + margin * PERCENT // 100
    if step := law.rounded_up_to * PERCENT // 100:
        rate = -(-rate // step) * step
    return Rate(max(0, rate), base)


def compensation(law: Law, debt: int, currency: str, *, is_consumer: bool) -> int:
    """Return the lump sum for the costs of recovery of a debt, all in minor units.

    Raises NotForConsumersError, and CompensationUnknownError for a debt in another currency than
    the law names: nobody knows at which rate to convert.
    """
    if is_consumer:
        raise NotForConsumersError("The law's compensation for late payment is between businesses.")
    if currency != law.currency:
        raise CompensationUnknownError(
            f"The law states the compensation in {law.currency}, and the invoice is in {currency}."
        )
    return tier_of(law.compensation, debt)


def tier_of(tiers: Tiers, debt: int) -> int:
    """Return the amount of the first tier that a debt isn't above; zero above the last."""
    return next((amount for up_to, amount in tiers if up_to is None or debt <= up_to), 0)
