"""What a step's approval makes of it: ask, wait, leave it, or nothing stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.approval import LOOKED_AT_WITHIN, Approval, Verdict
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Ask, Reason, Wait
from chalicelib.domain.sequence import Do, Step


def approval_of(case: Case, step: str) -> Approval | None:
    """Return the question about a step that the case knows."""
    return next((each for each in case.approvals if each.step == step), None)


def denied(case: Case, step: Step, calendar: LocalCalendar, now: datetime) -> Reason | None:
    """Return why a step isn't done for want of approval: it was refused, or nobody decided."""
    known = approval_of(case, step.key)
    if known is None or step.approval is None or known.verdict is Verdict.APPROVED:
        return None
    if known.verdict is Verdict.REFUSED:
        return Reason.APPROVAL_REFUSED
    until = step.approval.until(calendar, known.asked_at)
    return Reason.APPROVAL_LAPSED if until <= now < until + LOOKED_AT_WITHIN else None


def awaited(
    case: Case, step: Step, channel: Do, asked: int, calendar: LocalCalendar, now: datetime
) -> Wait | None:
    """Return the wait of a step whose question stands: it isn't over, and is about enough.

    A step before the due date waits no longer than that: on the day after it is dropped.
    """
    known = approval_of(case, step.key)
    if known is None or step.approval is None or known.verdict is not Verdict.AWAITED:
        return None
    until = step.approval.until(calendar, known.asked_at)
    if now >= until or asked > known.amount:
        return None
    if step.offset_days < 0:
        until = min(until, calendar.instant(case.due_date + timedelta(days=1)))
    return Wait(case.id, step.key, channel, until, Reason.AWAITS_APPROVAL)


def to_ask(
    case: Case, step: Step, asked: int, calendar: LocalCalendar, now: datetime
) -> Ask | None:
    """Return the question to put before a step is done now; None where it may be done.

    `asked` is what the step asks for, in minor units of the case's currency.
    """
    known = approval_of(case, step.key)
    if step.approval is None or (
        known and known.verdict is Verdict.APPROVED and asked <= known.amount
    ):
        return None
    return Ask(case.id, step.key, step.do, asked, step.approval.until(calendar, now))


def with_question(case: Case, ask: Ask, task: str, now: datetime) -> Case:
    """Return the case with a question that is put now, in place of an earlier one."""
    others = (each for each in case.approvals if each.step != ask.step)
    return replace(case, approvals=(*others, Approval(ask.step, task, now, ask.amount)))


def decided(case: Case, step: str | None, verdict: Verdict) -> Case:
    """Return the case with the verdict on its question about a step (None: about any)."""
    return replace(
        case,
        approvals=tuple(
            replace(each, verdict=verdict)
            if step in {each.step, None} and each.verdict is Verdict.AWAITED
            else each
            for each in case.approvals
        ),
    )


def pointless(case: Case, steps: Iterable[str]) -> tuple[Approval, ...]:
    """Return the questions about steps that have ended, or that the case's sequence (which has
    `steps`) doesn't know any more."""
    left = {key for key in steps if (result := case.results.get(key)) is None or result.reroute}
    return tuple(each for each in case.approvals if each.step not in left)
