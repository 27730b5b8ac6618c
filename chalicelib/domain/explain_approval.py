"""Who is asked for the approval of a step, and until when: in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.approval import Verdict
from chalicelib.domain.approving import approval_of
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import Step

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Until when (UTC) a step waits for its approval, and by whom, in a sentence."""

    until: datetime
    why: str


def awaited(case: Case, step: Step, calendar: LocalCalendar) -> Awaited | None:
    """Tell of a question about the step that nobody has decided; None where there is none."""
    rule, asked = step.approval, approval_of(case, step.key)
    if rule is None or asked is None or asked.verdict is not Verdict.AWAITED:
        return None
    until = rule.until(calendar, asked.asked_at)
    told = f"Waits for approval by {rule.role} until {calendar.date_of(until) - _DAY}."
    if from_ := rule.deputy_from(calendar, asked.asked_at):
        told += f" From {calendar.date_of(from_)} on {rule.deputy} may decide as well."
    return Awaited(until, told)


def to_come(step: Step, reason: Reason) -> str:
    """Tell of an approval that will be asked for; nothing where none will."""
    if step.approval is None or reason is not Reason.AWAITS_APPROVAL:
        return ""
    rule = step.approval
    days = f"{rule.deadline_days} day{'' if rule.deadline_days == 1 else 's'}"
    return f"Then {rule.role} is asked to approve it within {days}, or it is skipped."
