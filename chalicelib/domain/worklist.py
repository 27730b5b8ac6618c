"""The worklist: open tasks in the order in which they are worth doing, seen in several ways.

Each view has its own list, in which a task has a place by its rank, the highest first. Amounts of
different currencies can't be compared without a rate, so what goes by amounts is a list per
currency. Where a task stands follows from the facts alone: whoever places it anew comes to the
same places.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.aging import Bucket
from chalicelib.domain.case import Case
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value_at_risk import Risk, Sign, risk_of


class View(StrEnum):
    """In which order, and which tasks: all of them, or those that a word fits."""

    VALUE_AT_RISK = "value_at_risk"
    LARGEST_OWED = "largest_owed"
    LONGEST_OVERDUE = "longest_overdue"
    BROKEN_PROMISES = "broken_promises"
    DISPUTES_NEAR_DEADLINE = "disputes_near_deadline"


BY_CURRENCY = frozenset({View.VALUE_AT_RISK, View.LARGEST_OWED, View.BROKEN_PROMISES})
"""Views whose order is one of amounts: a list for each currency."""
ANY_CURRENCY = frozenset({View.LONGEST_OVERDUE, View.DISPUTES_NEAR_DEADLINE})
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an open task stands in a view. `rank` is at least 0; the highest comes first."""

    tenant: Tenant
    customer_id: str
    task_id: str
    view: View
    rank: int
    risk: Risk

    @property
    def currency(self) -> str | None:
        """The code of the currency whose list it is in; None: the view has one list."""
        return self.risk.owed.currency.code if self.view in BY_CURRENCY else None


def places_of(task: Task, case: Case, customer: Customer, now: datetime) -> tuple[Place, ...]:
    """Return where a task about a case stands at that moment (UTC); what is done stands nowhere."""
    if task.status is TaskStatus.DONE:
        return ()
    risk = risk_of(case, customer, now)
    ranks = {View.VALUE_AT_RISK: risk.value.amount}
    if risk.owed:
        ranks[View.LARGEST_OWED] = risk.owed.amount
    if risk.owed and risk.bucket is not Bucket.CURRENT:
        ranks[View.LONGEST_OVERDUE] = (date.max - risk.due_date).days
    if risk.owed and Sign.BROKEN_PROMISE in risk.signs:
        ranks[View.BROKEN_PROMISES] = risk.value.amount
    if deadlines := [pause.until for pause in case.disputes if pause.until]:
        ranks[View.DISPUTES_NEAR_DEADLINE] = (_LAST - min(deadlines)) // timedelta(seconds=1)
    return tuple(
        Place(task.tenant, task.customer_id, task.id, view, rank, risk)
        for view, rank in ranks.items()
    )
