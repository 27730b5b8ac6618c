"""What `decide()` can answer. Each decision carries its reason, and every reason is sorted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.sequence import Do

if TYPE_CHECKING:
    from chalicelib.domain.case import Case


class Reason(StrEnum):
    """Why something is, or isn't, done now."""

    DUE = "due"
    CAUGHT_UP = "caught_up"
    APPROVED = "approved"
    OTHER_CHANNEL = "other_channel"
    WITH_LEADING = "with_leading"
    NO_USABLE_ADDRESS = "no_usable_address"
    FOR_A_PERSON = "for_a_person"
    RATE_UNKNOWN = "rate_unknown"
    NOT_ANNOUNCED = "not_announced"
    COMPLAINED = "complained"
    OBJECTED = "objected"
    REFUSED = "refused"
    NOT_YET_DUE = "not_yet_due"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED_DAY = "closed_day"
    PUBLIC_HOLIDAY = "public_holiday"
    MIN_GAP = "min_gap"
    IN_FLIGHT = "in_flight"
    PAYMENTS_STALE = "payments_stale"
    QUOTA_SHORT = "quota_short"
    FOLLOWS_LEADING = "follows_leading"
    PAYMENT_DEADLINE = "payment_deadline"
    QUIET_DAYS = "quiet_days"
    CONTACT_CAP = "contact_cap"
    CALL_RULES = "call_rules"
    SERVICE_REQUESTED = "service_requested"
    AWAITS_APPROVAL = "awaits_approval"
    SEQUENCE_FINISHED = "sequence_finished"
    SUPERSEDED = "superseded"
    COVERED = "covered"
    PAST_DUE_DATE = "past_due_date"
    BELOW_MINIMUM = "below_minimum"
    ACCOUNT_TOLD = "account_told"
    NOTHING_TO_CHARGE = "nothing_to_charge"
    NOT_FOR_CONSUMERS = "not_for_consumers"
    NOT_RESTRICTED = "not_restricted"
    APPROVAL_REFUSED = "approval_refused"
    APPROVAL_LAPSED = "approval_lapsed"
    UNCONFIRMED = "unconfirmed"
    HOLD = "hold"
    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"
    PAYMENT_PROCESSING = "payment_processing"
    HANDED_OVER = "handed_over"
    PAID = "paid"
    VOID = "void"
    WRITTEN_OFF = "written_off"


TO_DO = frozenset(
    {
        Reason.DUE,
        Reason.CAUGHT_UP,
        Reason.APPROVED,
        Reason.OTHER_CHANNEL,
        Reason.WITH_LEADING,
        Reason.NO_USABLE_ADDRESS,
        Reason.FOR_A_PERSON,
        Reason.RATE_UNKNOWN,
        Reason.NOT_ANNOUNCED,
        Reason.COMPLAINED,
        Reason.OBJECTED,
        Reason.REFUSED,
    }
)
FOR_PEOPLE = frozenset(
    {
        Reason.NO_USABLE_ADDRESS,
        Reason.FOR_A_PERSON,
        Reason.RATE_UNKNOWN,
        Reason.NOT_ANNOUNCED,
        Reason.COMPLAINED,
        Reason.REFUSED,
    }
)
"""Reasons to hand a step to a person; for the other reasons to do it, Dunlin does it itself."""
AS_PLANNED = frozenset({Reason.DUE, Reason.CAUGHT_UP, Reason.APPROVED})
"""Reasons to do a step as its sequence says, by its own channel or here."""
TO_WAIT = frozenset(
    {
        Reason.NOT_YET_DUE,
        Reason.OUTSIDE_HOURS,
        Reason.CLOSED_DAY,
        Reason.PUBLIC_HOLIDAY,
        Reason.MIN_GAP,
        Reason.IN_FLIGHT,
        Reason.PAYMENTS_STALE,
        Reason.QUOTA_SHORT,
        Reason.FOLLOWS_LEADING,
        Reason.PAYMENT_DEADLINE,
        Reason.QUIET_DAYS,
        Reason.CONTACT_CAP,
        Reason.CALL_RULES,
        Reason.SERVICE_REQUESTED,
        Reason.AWAITS_APPROVAL,
        Reason.SEQUENCE_FINISHED,
    }
)
TO_SKIP = frozenset(
    {
        Reason.SUPERSEDED,
        Reason.COVERED,
        Reason.PAST_DUE_DATE,
        Reason.BELOW_MINIMUM,
        Reason.ACCOUNT_TOLD,
        Reason.NOTHING_TO_CHARGE,
        Reason.NOT_FOR_CONSUMERS,
        Reason.NOT_RESTRICTED,
        Reason.APPROVAL_REFUSED,
        Reason.APPROVAL_LAPSED,
        Reason.UNCONFIRMED,
    }
)
TO_PAUSE = frozenset({
    Reason.HOLD, Reason.DISPUTE, Reason.PROMISE, Reason.PLAN, Reason.PAYMENT_PROCESSING,
    Reason.HANDED_OVER,
})  # fmt: skip
TO_CLOSE = frozenset({Reason.PAID, Reason.VOID, Reason.WRITTEN_OFF})


@dataclass(frozen=True, slots=True)
class Part:
    """One case's share in a message: which of its steps the message is."""

    case_id: str
    step: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Send:
    """Send one message on `channel` for all `parts`; the firmest part's step gives `template`.

    `pay_by` is the customer's local day until which it gives time to pay.
    `legal` says that a legal notice is among them.
    """

    channel: Do
    template: str
    parts: tuple[Part, ...]
    legal: bool = False
    pay_by: date | None = None

    def time_for(self, case: Case) -> date | None:
        """Return until when it gives time to pay one of its cases, which may not be due by then."""
        return self.pay_by if self.pay_by and case.due_date <= self.pay_by else None


@dataclass(frozen=True, slots=True)
class Act:
    """Do a step that isn't a message: hand it to a person as a task, or carry it out here.

    It is done once, for `case_id`; `named` are other cases of its account that it is done for, too.
    """

    case_id: str
    step: str
    do: Do
    reason: Reason
    named: tuple[str, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        """All cases whose step it is."""
        return (self.case_id, *self.named)

    def result_of(self, case_id: str) -> Reason:
        """Return why it is done for one of its cases."""
        return self.reason if case_id == self.case_id else Reason.WITH_LEADING

    @property
    def is_task(self) -> bool:
        """Whether a person is to do it."""
        return self.reason in FOR_PEOPLE


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until` (None: not until something changes)."""

    case_id: str
    step: str | None
    channel: Do | None
    until: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for the approval that a step needs before it is done.

    It is about `amount`, in minor units of the case's currency, and lapses at `until` (UTC).
    """

    case_id: str
    step: str
    do: Do
    amount: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """The step will not be done any more."""

    case_id: str
    step: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Paused:
    """The case is held back until `until` (None: until the pause is lifted)."""

    case_id: str
    until: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing is owed any more."""

    case_id: str
    reason: Reason


Decision = Send | Act | Ask | Wait | Skip | Paused | Close
