"""A dispute: what a customer doesn't want to pay, why, and until when that is set aside.

    open ─┬─ resolved: accepted or partly accepted (a credit note), rejected or withdrawn
          ├─ expired: nobody decided by its deadline
          └─ settled: nothing is owed any more

It is over all that remains of an invoice, or over an amount. The invoice's case carries a pause of
it, which says how much it sets aside and when somebody looks at it; so a payment, a credit note or
a refund needs no word about disputes. A deduction is a dispute over what a payment left unpaid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case, Pause, PauseKind
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Tenant

WARNS_BEFORE = timedelta(days=5)
"""How long before the deadline somebody gets a task: a week's work, weekend included."""
HOLDS_ON = timedelta(days=14)
"""How much longer a dispute holds, once, that a person is to decide at its deadline."""
LONGEST = timedelta(days=366)
"""How far ahead a deadline may be, so that nothing is set aside for ever."""


class DisputeReason(StrEnum):
    """Why the customer doesn't want to pay."""

    WRONG_PRICE = "wrong_price"
    WRONG_QUANTITY = "wrong_quantity"
    NOT_DELIVERED = "not_delivered"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    ALREADY_PAID = "already_paid"
    DUPLICATE = "duplicate"
    WRONG_CUSTOMER = "wrong_customer"
    MISSING_PURCHASE_ORDER = "missing_purchase_order"
    TAX = "tax"
    TERMS = "terms"
    OTHER = "other"


class DisputeKind(StrEnum):
    """Whether the customer objected, or paid less and said why."""

    DISPUTE = "dispute"
    DEDUCTION = "deduction"


class DisputeStatus(StrEnum):
    """Whether it is set aside, and how that ended."""

    OPEN = "open"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    SETTLED = "settled"


class DisputeOutcome(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


CREDITS = frozenset({DisputeOutcome.ACCEPTED, DisputeOutcome.PARTLY_ACCEPTED})
"""Outcomes that lower the invoice."""
ASKS_AGAIN = frozenset({DisputeOutcome.REJECTED, DisputeOutcome.WITHDRAWN})
"""Outcomes after which all of it is asked for."""


class AtDeadline(StrEnum):
    """What becomes of it where nobody has decided: follow-up goes on, or somebody is given
    HOLDS_ON more to decide, and then it goes on."""

    RESUME = "resume"
    HOLD_FOR_PERSON = "hold_for_person"


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a customer disputes of an invoice, in minor units (None: all that remains of it).

    `deadline` is the last local day on which it is set aside. `words` are the customer's. `task` is
    the newest task about it; `warned` says that there was one before the deadline, `held_on` that
    the deadline came and a person was given longer. `credited` is what it took off the invoice, by
    `credit_note`. `request` stands for the request that made it, if that had an Idempotency-Key.
    """

    id: str
    tenant: Tenant
    customer_id: str
    invoice_id: str
    currency: Currency
    reason: DisputeReason
    deadline: date
    created_at: datetime
    source: str
    kind: DisputeKind = DisputeKind.DISPUTE
    amount: int | None = None
    words: str | None = None
    assignee: str | None = None
    at_deadline: AtDeadline = AtDeadline.RESUME
    status: DisputeStatus = DisputeStatus.OPEN
    outcome: DisputeOutcome | None = None
    credited: int = 0
    credit_note: str | None = None
    note: str | None = None
    task: str | None = None
    warned: bool = False
    held_on: bool = False
    ended_at: datetime | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def is_open(self) -> bool:
        """Whether it is still set aside."""
        return self.status is DisputeStatus.OPEN

    def until(self, calendar: LocalCalendar) -> datetime:
        """Return when it is no longer set aside: as the day after the deadline begins (UTC)."""
        return calendar.instant(self.deadline + timedelta(days=1))

    def warns_at(self, calendar: LocalCalendar) -> datetime:
        """Return when somebody gets a task, should it be open by then (UTC)."""
        return calendar.instant(self.deadline - WARNS_BEFORE)

    def pause(self, calendar: LocalCalendar) -> Pause:
        """Return the pause that the invoice's case carries while it is open."""
        return Pause(
            PauseKind.DISPUTE,
            self.reason.value,
            since=self.created_at,
            until=self.until(calendar),
            reference=self.id,
            amount=self.amount,
            look_at=None if self.warned else self.warns_at(calendar),
        )

    def part_of(self, remaining: int) -> int:
        """Return how much of what remains it is about: never more than that."""
        return remaining if self.amount is None else min(self.amount, remaining)


def with_pause(case: Case, dispute: Dispute, calendar: LocalCalendar) -> Case:
    """Return the case with the dispute as it stands: set aside while it is open, else no more."""
    others = tuple(pause for pause in case.pauses if pause.reference != dispute.id)
    own = (dispute.pause(calendar),) if dispute.is_open else ()
    return replace(case, pauses=(*others, *own))


def ended(dispute: Dispute, status: DisputeStatus, at: datetime) -> Dispute:
    """Return the dispute as it ends."""
    return replace(dispute, status=status, ended_at=at)
