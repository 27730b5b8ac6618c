"""Which sequence a case belongs to under the rules as they stand, and so which cases would move.

An override of the invoice is the strongest, then one of the customer; then the segments are asked
by their rank, and what fits none follows the creditor's default sequence. Preview and assignment
both ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.choice import Choice, ChosenBy
from chalicelib.domain.customer import Customer
from chalicelib.domain.segment import Facts, Measure, Segment, Trait, first_match


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segments of a creditor, and the id of the sequence of what fits none of them."""

    segments: tuple[Segment, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Move:
    """A case that belongs to another sequence (an id), or to the same for another reason."""

    case: Case
    sequence: str
    choice: Choice

    @property
    def changes_sequence(self) -> bool:
        """Whether the case would be followed up otherwise."""
        return self.sequence != self.case.sequence[0]


def chosen(
    customer: Customer, case: Case, segmentation: Segmentation, now: datetime
) -> tuple[str, Choice]:
    """Return the sequence (its id) that a case of the customer belongs to, and why."""
    if _is_given(case, segmentation):
        return case.sequence[0], case.choice or Choice(ChosenBy.INVOICE)
    if customer.override:
        return customer.override.sequence_id, Choice(ChosenBy.CUSTOMER)
    if found := first_match(segmentation.segments, facts_of(customer, case, now)):
        return found.sequence, Choice(ChosenBy.SEGMENT, (found.id, found.version))
    return segmentation.default, Choice(ChosenBy.DEFAULT)


def moves(file: CustomerFile, segmentation: Segmentation, now: datetime) -> Iterator[Move]:
    """Yield the open cases of a file that belong elsewhere at `now` (UTC)."""
    for case in file.open_cases:
        sequence, choice = chosen(file.customer, case, segmentation, now)
        source = case.choice.source if case.choice else None
        if sequence != case.sequence[0] or (source and source != choice.source):
            yield Move(case, sequence, choice)


def facts_of(customer: Customer, case: Case, now: datetime) -> Facts:
    """Return what segments can ask of a case. The customer's balance has its invoice in it."""
    code, history = case.currency.code, customer.history
    today = customer.calendar.date_of(now)
    balance, limit = customer.balance.get(code, 0), customer.credit_limit.get(code)
    measures = {
        Measure.AMOUNT: case.amount,
        Measure.REMAINING: case.remaining,
        Measure.BALANCE: balance,
        Measure.DAYS_OVERDUE: (today - case.due_date).days,
        Measure.DAYS_SINCE_FIRST_INVOICE: (
            (today - history.first_invoice).days if history.first_invoice else None
        ),
        Measure.CREDIT_LIMIT_USED: balance * 100 // limit if limit else None,
        Measure.PAID_INVOICES: history.paid,
        Measure.SHARE_PAID_LATE: history.share_paid_late,
        Measure.AVERAGE_DAYS_LATE: history.average_days_late,
        Measure.BROKEN_PROMISES: customer.broken_promises,
    }
    traits = {
        Trait.COUNTRY: frozenset({customer.country}),
        Trait.CURRENCY: frozenset({code}),
        Trait.RISK_GRADE: frozenset({customer.risk_grade} if customer.risk_grade else ()),
        Trait.TAGS: frozenset(customer.tags),
    }
    known = {measure: found for measure, found in measures.items() if found is not None}
    return Facts(code, known, traits)


def _is_given(case: Case, segmentation: Segmentation) -> bool:
    """Say whether the invoice's own sequence was named. Cases from before there were segments
    don't say so; what doesn't follow the default one was posted with its own."""
    if case.choice is None:
        return case.sequence[0] != segmentation.default
    return case.choice.by is ChosenBy.INVOICE
