"""Results become facts on the case, and from the facts follows when to look again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.case import Case, CaseStatus, CustomerFile, StepResult
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Close, Decision, Paused, Send, Skip, Wait

SETTLING = timedelta(seconds=5)
"""What is scheduled is due at the earliest so much later, so that the sweep, whose mark moves
with the clock, can't pass a case between its decision and its write."""


def with_results(case: Case, results: dict[str, StepResult]) -> Case:
    """Return the case with these steps ended."""
    return replace(case, results={**case.results, **results})


def reschedule(
    file: CustomerFile, rules: Rules, now: datetime, *, settling: timedelta = SETTLING
) -> CustomerFile:
    """Return the file with each case's `due_at` and `channel` as `decide()` now says."""
    decisions = decide(file, rules, now)
    return replace(
        file, cases=tuple(_due(case, decisions, now, now + settling) for case in file.cases)
    )


def _due(case: Case, decisions: Iterable[Decision], now: datetime, soonest: datetime) -> Case:
    if case.status is CaseStatus.CLOSED:
        return replace(case, due_at=None, channel=None)
    moments = [
        moment for decision in decisions if (moment := _moment(decision, case.id, now)) is not None
    ]
    if not moments:
        return replace(case, due_at=None, channel=None)
    due_at, channel = min(moments)
    return replace(case, due_at=max(due_at, soonest), channel=channel)


def _moment(decision: Decision, case_id: str, now: datetime) -> tuple[datetime, str] | None:
    match decision:
        case Send(channel=channel, parts=parts) if any(part.case_id == case_id for part in parts):
            return now, channel.value
        case Act(case_id=concerned) if concerned == case_id:
            return now, "action"
        case Wait(case_id=concerned, until=until, channel=channel) if concerned == case_id:
            return (until, queue_of(channel)) if until else None
        case Paused(case_id=concerned, until=until) if concerned == case_id:
            return (until, "email") if until else None
        case Skip(case_id=concerned) | Close(case_id=concerned) if concerned == case_id:
            return now, "email"
        case _:
            return None


def queue_of(channel: str | None) -> str:
    """Return the queue whose worker does a step of that channel."""
    return channel if channel in {"email", "sms"} else "action"
