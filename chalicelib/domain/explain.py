"""Why a customer was, or wasn't, reminded about an invoice, and what comes next: in sentences.

What is past is told from the case's results, what is to come from the same `decide()` that runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.case import Case, CaseStatus, CustomerFile, Outcome, PauseKind, StepResult
from chalicelib.domain.customer import Customer
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import (
    TO_PAUSE,
    TO_SKIP,
    Act,
    Close,
    Decision,
    Paused,
    Reason,
    Send,
    Skip,
    Wait,
)
from chalicelib.domain.route import route
from chalicelib.domain.schedule import with_results
from chalicelib.domain.sentences import moved, sentence
from chalicelib.domain.sequence import CONTACTS, Do, Step
from chalicelib.domain.timing import Timing

_DONE = {
    Outcome.SENT: "Sent",
    Outcome.ACTED: "Handed to a person",
    Outcome.SKIPPED: "Skipped",
    Outcome.FAILED: "Failed",
    Outcome.UNCONFIRMED: "Left open",
    Outcome.CAPTURED: "Written in test mode and kept back",
}
_COMING = "planned"
_READY = "ready"
_HELD = "held"
_DROPPED = "dropped"
_Fate = tuple[str, datetime | None, Reason]


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step of the case's sequence.

    `state` is how it ended (an Outcome), or `ready`, `planned`, `held` or `dropped`. `planned` is
    its local day by the sequence. `at` is when it ended or is to take place (UTC; None: unknown
    or never).
    """

    key: str
    do: Do
    planned: date
    state: str
    at: datetime | None
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next to the case, when (None: only after something changes), and why.

    While a pause holds, `at` is its end and `step` what comes then.
    """

    at: datetime | None
    step: str | None
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The story of a case, step by step, and what comes next."""

    case_id: str
    steps: tuple[ExplainedStep, ...]
    next: Next


def explain(file: CustomerFile, case: Case, rules: Rules, now: datetime) -> Explanation:
    """Explain a case, open or closed, of the file's customer at `now` (UTC).

    Raises KeyError where the rules lack a sequence of one of the file's cases or of this one.
    """
    decisions = [] if case.status is CaseStatus.CLOSED else _about(case, file, rules, now)
    timing = Timing(file.customer.calendar, rules.of(case), file.last_contact_at)
    steps: list[ExplainedStep] = []
    assumed = case
    for step in rules.of(case).steps:
        if (result := case.results.get(step.key)) and not result.reroute:
            steps.append(_past(case, step, timing, result))
            continue
        coming = _future(
            assumed, step, timing, customer=file.customer, decisions=decisions, now=now
        )
        steps.append(coming)
        assumed, timing = _assuming(coming, assumed, timing)
    following = _next(case, decisions, now)
    if following.reason in TO_PAUSE:
        following = _after_pause(following, file, case, rules, now)
    if following.reason is Reason.NOT_YET_DUE and following.at:
        day = timing.calendar.date_of(following.at)
        later = {each.key: each.why for each in steps if each.planned < day}
        following = replace(following, why=later.get(following.step or "", following.why))
    return Explanation(case.id, tuple(steps), following)


def _about(case: Case, file: CustomerFile, rules: Rules, now: datetime) -> list[Decision]:
    return [each for each in decide(file, rules, now) if case.id in _concerned(each)]


def _concerned(decision: Decision) -> tuple[str, ...]:
    if isinstance(decision, Send):
        return tuple(part.case_id for part in decision.parts)
    return (decision.case_id,)


def _next(case: Case, decisions: list[Decision], now: datetime) -> Next:
    if case.status is CaseStatus.CLOSED:
        return _said(None, None, Reason(case.closed_reason or Reason.PAID))
    outlooks = [_outlook(case, decision, now) for decision in decisions]
    kept = [each for each in outlooks if each.reason not in TO_SKIP] or outlooks
    return min(kept, key=lambda each: (each.at is None, each.at or now))


def _after_pause(
    following: Next, file: CustomerFile, case: Case, rules: Rules, now: datetime
) -> Next:
    """Name the step that comes once the pause has ended, and the reason that somebody gave."""
    free = replace(case, pauses=())
    cases = tuple(free if each.id == case.id else each for each in file.cases)
    ended = following.at or now
    then = _next(free, _about(free, replace(file, cases=cases), rules, ended), ended)
    why, pause = following.why, case.pause_at(now)
    if pause and pause.kind is PauseKind.HOLD:
        why = f"{why} The reason given: {pause.reason.rstrip('.')}."
    if then.step:
        why = f"{why} After that comes {then.step}."
    return replace(following, step=then.step, why=why)


def _outlook(case: Case, decision: Decision, now: datetime) -> Next:
    match decision:
        case Send(parts=parts):
            part = next(part for part in parts if part.case_id == case.id)
            return _said(now, part.step, part.reason)
        case Wait(step=step, until=until, reason=reason):
            return _said(until, step, reason)
        case Paused(until=until, reason=reason):
            return _said(until, None, reason)
        case Act(step=step, reason=reason) | Skip(step=step, reason=reason):
            return _said(now, step, reason)
        case Close(reason=reason):
            return _said(now, None, reason)


def _said(at: datetime | None, step: str | None, reason: Reason) -> Next:
    return Next(at, step, reason, sentence(reason))


def _past(case: Case, step: Step, timing: Timing, result: StepResult) -> ExplainedStep:
    by = f" by {result.channel}" if result.channel else ""
    day = timing.calendar.date_of(result.at)
    why = f"{_DONE[result.outcome]}{by} on {day}. {sentence(result.reason)}"
    planned = timing.day_of(case, step)
    return ExplainedStep(
        step.key, step.do, planned, result.outcome.value, result.at, result.reason, why
    )


def _future(
    case: Case,
    step: Step,
    timing: Timing,
    *,
    customer: Customer,
    decisions: list[Decision],
    now: datetime,
) -> ExplainedStep:
    contact = route(step, case.results.get(step.key), customer).channel in CONTACTS
    moment, moved_by = timing.moment(step, case, now, contact=contact)
    fate: _Fate = (_COMING, moment, Reason.NOT_YET_DUE)
    if case.status is CaseStatus.CLOSED:
        fate = (_DROPPED, None, Reason(case.closed_reason or Reason.PAID))
    for decision in decisions:
        fate = _fate(case, step, decision, moment, now) or fate
    state, at, reason = fate
    why, planned = sentence(reason), timing.day_of(case, step)
    if state == _COMING and at:
        day = timing.calendar.date_of(at)
        verb = "Planned for" if reason is Reason.NOT_YET_DUE else "Waits until"
        why = f"{verb} {day}. {why}"
        if planned > timing.calendar.date_of(now):
            why = moved(planned, day, moved_by) or why
    return ExplainedStep(step.key, step.do, planned, state, at, reason.value, why)


def _assuming(done: ExplainedStep, case: Case, timing: Timing) -> tuple[Case, Timing]:
    """Return case and timing as they will be after a planned step, to plan the next from."""
    if done.at is None or done.state not in {_READY, _COMING}:
        return case, timing
    result = StepResult(Outcome.SENT, done.reason, done.at)
    if done.do in CONTACTS:
        timing = replace(timing, last_contact_at=max(done.at, timing.last_contact_at or done.at))
    return with_results(case, {done.key: result}), timing


def _fate(
    case: Case, step: Step, decision: Decision, moment: datetime, now: datetime
) -> _Fate | None:
    """Return what a decision about the case means for a step (None: nothing)."""
    match decision:
        case Send(parts=parts):
            reasons = [
                part.reason for part in parts if (part.case_id, part.step) == (case.id, step.key)
            ]
            return (_READY, now, reasons[0]) if reasons else None
        case Act(step=step.key, reason=reason):
            return _READY, now, reason
        case Skip(step=step.key, reason=reason):
            return _DROPPED, None, reason
        case Wait(step=step.key, until=until, reason=reason):
            return _COMING, until, reason
        case Wait(until=until, reason=Reason.IN_FLIGHT) if until and moment < until:
            return _COMING, until, Reason.IN_FLIGHT
        case Paused(until=until, reason=reason) if until is None or moment < until:
            return _HELD, until, reason
        case Close(reason=reason):
            return _DROPPED, None, reason
        case _:
            return None
