"""Value at risk: what is owed, times how much of such debts is lost. Nothing is learnt or guessed.

How much is lost is a row of the published provision matrix of IFRS 9 (Illustrative Example 12,
paragraphs IE74 to IE77), by age. A promise that was broken and a dispute count as one row older
each: behaviour that makes payment less likely raises the risk (IFRS 9, B5.5.17), but by how much
it doesn't say; one row is our rule. Every part of it is told in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.aging import Bucket, bucket_of
from chalicelib.domain.case import Case
from chalicelib.domain.customer import Customer
from chalicelib.domain.money import Money, Rounding

PER_MILLE = 1000
LOSS_RATES = {
    Bucket.CURRENT: 3,
    Bucket.UP_TO_30: 16,
    Bucket.UP_TO_60: 36,
    Bucket.UP_TO_90: 66,
    Bucket.OVER_90: 106,
}
"""Per mille of such debts that are lost (IFRS 9, Illustrative Example 12, IE77)."""
_ROWS = tuple(LOSS_RATES)
_AGES = {
    Bucket.CURRENT: "isn't past due",
    Bucket.UP_TO_30: "is 1 to 30 days past due",
    Bucket.UP_TO_60: "is 31 to 60 days past due",
    Bucket.UP_TO_90: "is 61 to 90 days past due",
    Bucket.OVER_90: "is more than 90 days past due",
}


class Sign(StrEnum):
    """What makes a debt count as one row older."""

    BROKEN_PROMISE = "broken_promise"
    DISPUTE = "dispute"


_SIGNS = {
    Sign.BROKEN_PROMISE: "The customer broke a promise to pay, so it counts as one row older.",
    Sign.DISPUTE: "The invoice is disputed, so it counts as one row older.",
}


@dataclass(frozen=True, slots=True)
class Risk:
    """What is owed, how old it is, and what else speaks for its loss."""

    owed: Money
    due_date: date
    bucket: Bucket
    signs: tuple[Sign, ...] = ()

    @property
    def row(self) -> Bucket:
        """The row of the matrix that counts: the oldest one at most."""
        return _ROWS[min(_ROWS.index(self.bucket) + len(self.signs), len(_ROWS) - 1)]

    @property
    def loss_rate(self) -> int:
        """How much of such debts is lost, per mille."""
        return LOSS_RATES[self.row]

    @property
    def value(self) -> Money:
        """The value at risk, rounded half up to the minor unit."""
        return self.owed.fraction(self.loss_rate, PER_MILLE, rounding=Rounding.HALF_UP)


def risk_of(case: Case, customer: Customer, now: datetime) -> Risk:
    """Return what is at risk of a case at that moment (UTC), by the customer's local day."""
    days = (customer.calendar.date_of(now) - case.due_date).days
    signs = {
        Sign.BROKEN_PROMISE: customer.broken_promises > 0,
        Sign.DISPUTE: any(each.covers(now) for each in case.disputes),
    }
    return Risk(
        owed=case.owed,
        due_date=case.due_date,
        bucket=bucket_of(days),
        signs=tuple(sign for sign, holds in signs.items() if holds),
    )


def reasons(risk: Risk) -> tuple[str, ...]:
    """Say in sentences how the value at risk comes about. Amounts stand beside them, as data."""
    if not risk.owed:
        return ("Nothing is owed any more.",)
    rate = percent(risk.loss_rate)
    return (
        f"It was due on {risk.due_date} and {_AGES[risk.bucket]}.",
        *(_SIGNS[sign] for sign in risk.signs),
        f"{rate} % of such debts count as lost (IFRS 9, Illustrative Example 12).",
    )


def percent(per_mille: int) -> str:
    """Write a rate as percent, with a digit after the point."""
    return f"{per_mille // 10}.{per_mille % 10}"
