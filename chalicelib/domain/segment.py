"""Segments (customer pools): ranked rules that say which invoices follow which sequence.

The language is small and closed: comparisons of a fact with integers or with words, joined by all,
any and not. A comparison of a fact that isn't known (the share paid late of somebody who hasn't
paid anything yet) doesn't hold, so its negation does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_SEGMENTS = 100
MOST_COMPARISONS = 50
MOST_VALUES = 50
LOWEST_RANK, HIGHEST_RANK = 1, 1_000_000


class Measure(StrEnum):
    """A fact that is an integer. Amounts are minor units, and have a currency."""

    AMOUNT = "amount"
    REMAINING = "remaining"
    BALANCE = "balance"
    DAYS_OVERDUE = "days_overdue"
    DAYS_SINCE_FIRST_INVOICE = "days_since_first_invoice"
    CREDIT_LIMIT_USED = "credit_limit_used"
    PAID_INVOICES = "paid_invoices"
    SHARE_PAID_LATE = "share_paid_late"
    AVERAGE_DAYS_LATE = "average_days_late"
    BROKEN_PROMISES = "broken_promises"


class Trait(StrEnum):
    """A fact that is a word, or several."""

    COUNTRY = "country"
    CURRENCY = "currency"
    RISK_GRADE = "risk_grade"
    TAGS = "tags"


OF_MONEY = frozenset({Measure.AMOUNT, Measure.REMAINING, Measure.BALANCE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a segment can ask of an invoice and its customer. What isn't known is left out.

    `currency` is the code of the invoice's currency, in which all amounts are.
    """

    currency: str
    measures: Mapping[Measure, int]
    traits: Mapping[Trait, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Between:
    """A measure lies within all bounds that are given. Amounts in another currency don't."""

    measure: Measure
    gte: int | None = None
    gt: int | None = None
    lte: int | None = None
    lt: int | None = None
    currency: str | None = None

    def holds(self, facts: Facts) -> bool:
        """Say whether it is so."""
        found = facts.measures.get(self.measure)
        if found is None or (self.measure in OF_MONEY and self.currency != facts.currency):
            return False
        return (
            (self.gte is None or found >= self.gte)
            and (self.gt is None or found > self.gt)
            and (self.lte is None or found <= self.lte)
            and (self.lt is None or found < self.lt)
        )


@dataclass(frozen=True, slots=True)
class OneOf:
    """A trait is one of these words, or of several one is."""

    trait: Trait
    words: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Say whether it is so."""
        return not facts.traits.get(self.trait, frozenset()).isdisjoint(self.words)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds."""

    every: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Say whether it is so."""
        return all(each.holds(facts) for each in self.every)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    some: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Say whether it is so."""
        return any(each.holds(facts) for each in self.some)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition doesn't hold."""

    denied: Condition

    def holds(self, facts: Facts) -> bool:
        """Say whether it is so."""
        return not self.denied.holds(facts)


Condition = Between | OneOf | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Segment:
    """A version of a segment: what fits `condition` follows the sequence, unless a segment of a
    lower rank fits. Of two with the same rank the older one comes first."""

    id: str
    name: str
    version: int
    rank: int
    condition: Condition
    sequence: str


def ranked(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the segments in the order in which they are asked: a total one, for ids differ."""
    return tuple(sorted(segments, key=lambda each: (each.rank, each.id)))


def first_match(segments: Iterable[Segment], facts: Facts) -> Segment | None:
    """Return the segment that an invoice with these facts belongs to."""
    return next((each for each in ranked(segments) if each.condition.holds(facts)), None)


def comparisons(condition: Condition) -> int:
    """Return how many comparisons a condition is made of."""
    match condition:
        case AllOf(every=parts) | AnyOf(some=parts):
            return sum(comparisons(each) for each in parts)
        case Not(denied=part):
            return comparisons(part)
        case _:
            return 1
