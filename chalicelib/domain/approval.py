"""Approval of a step: who must agree before it is done, until when, and to how much.

A question is put when everything else says that the step is done now. It is about exactly this step
of this case, at what is asked for at that moment: less may be asked for later, more is asked anew.
Silence never approves. A deadline that passes while nothing could have been done anyway (the case
was paused) doesn't count: the question is put again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.errors import ConflictError

APPROVE = "approve"
"""What a task asks for that is about an approval; `step` is the step that waits for it."""
MOST_DEADLINE_DAYS = 90
LONGEST_ROLE = 60
LOOKED_AT_WITHIN = timedelta(days=1)
"""How soon after a deadline somebody has looked at a case that nothing else held back."""


class ApprovalOverError(ConflictError):
    """What was asked is over: by its deadline, or as the step needs it no more."""

    code = "approval_over"


class NotTheApproverError(ConflictError):
    """Another role decides, or the deputy's time hasn't come."""

    code = "not_the_approver"


class Verdict(StrEnum):
    """What is known of a question."""

    AWAITED = "awaited"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who approves a step: a `role`, and after `deputy_after_days` the `deputy` as well.

    `deadline_days` are local days after the one on which it is asked; the last counts whole.
    """

    role: str
    deadline_days: int
    deputy: str | None = None
    deputy_after_days: int = 0

    def until(self, calendar: LocalCalendar, asked_at: datetime) -> datetime:
        """Return when a question that was put at that moment lapses (UTC)."""
        last = calendar.date_of(asked_at) + timedelta(days=self.deadline_days)
        return calendar.instant(last + timedelta(days=1))

    def deputy_from(self, calendar: LocalCalendar, asked_at: datetime) -> datetime | None:
        """Return from when on the deputy may decide, too (UTC)."""
        if self.deputy is None:
            return None
        if not self.deputy_after_days:
            return asked_at
        day = calendar.date_of(asked_at) + timedelta(days=self.deputy_after_days)
        return calendar.instant(day)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the rule: the name of a field, and a sentence."""
        for name, role in (("role", self.role), ("deputy", self.deputy)):
            if role is not None and not 1 <= len(role) <= LONGEST_ROLE:
                yield name, f"must have between 1 and {LONGEST_ROLE} characters"
        if not 0 <= self.deadline_days <= MOST_DEADLINE_DAYS:
            yield "deadline_days", f"must be between 0 and {MOST_DEADLINE_DAYS}"
        if self.deputy == self.role:
            yield "deputy", "must be another role"
        if not 0 <= self.deputy_after_days <= max(0, self.deadline_days):
            yield "deputy_after_days", "must be between 0 and deadline_days"
        elif self.deputy_after_days and self.deputy is None:
            yield "deputy_after_days", "goes with deputy"


@dataclass(frozen=True, slots=True)
class Approval:
    """A question about a step, as its case knows it. `amount` is what was asked for then, in minor
    units of the case's currency; `task` is where it is decided."""

    step: str
    task: str
    asked_at: datetime
    amount: int
    verdict: Verdict = Verdict.AWAITED


@dataclass(frozen=True, slots=True)
class Question:
    """What a task asks its approver, and who decided, in which role.

    `amount` is in minor units of the `currency`; moments are UTC.
    """

    role: str
    amount: int
    currency: str
    until: datetime
    deputy: str | None = None
    deputy_from: datetime | None = None
    approver: str | None = None
    decided_as: str | None = None

    def may_decide(self, role: str, now: datetime) -> bool:
        """Say whether a role may decide now."""
        stands_in = self.deputy_from is not None and now >= self.deputy_from
        return role == self.role or (stands_in and role == self.deputy)
