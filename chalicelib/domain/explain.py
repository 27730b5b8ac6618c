"""Why a customer was, or wasn't, reminded about an invoice, and what comes next: in sentences.

What is past is told from the case's results; what is to come is read off a run of `decide()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from chalicelib.domain import kinds
from chalicelib.domain.account import accounts_of
from chalicelib.domain.case import Case, CaseStatus, CustomerFile, Outcome, PauseKind, StepResult
from chalicelib.domain.chasing import as_asked
from chalicelib.domain.consent import as_agreed
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import FOR_PEOPLE, Close, Decision, Paused, Reason, Wait
from chalicelib.domain.explain_approval import awaited, to_come
from chalicelib.domain.explanation import ExplainedStep, Explanation, Next
from chalicelib.domain.outlook import Doing, Outlook, look_ahead
from chalicelib.domain.reach import out_of_reach
from chalicelib.domain.sentences import MAY_MOVE, moved, sentence
from chalicelib.domain.sequence import Step
from chalicelib.domain.timing import Timing

_DONE = {
    Outcome.SENT: "Sent",
    Outcome.ACTED: "Done",
    Outcome.SKIPPED: "Skipped",
    Outcome.FAILED: "Failed",
    Outcome.UNCONFIRMED: "Left open",
    Outcome.CAPTURED: "Written in test mode and kept back",
}
_HANDED_OVER = "Handed to a person"
_COMING = "planned"
_READY = "ready"
_HELD = "held"
_DROPPED = "dropped"


def explain(file: CustomerFile, case: Case, rules: Rules, now: datetime) -> Explanation:
    """Explain a case, open or closed, of the file's customer at `now` (UTC).

    Raises KeyError where the rules lack a sequence of one of the file's cases or of this one.
    """
    teller = _Teller(file, case, rules, now)
    steps = {
        step.key: teller.past(step, result)
        if (result := case.results.get(step.key)) and not result.reroute
        else teller.future(step)
        for step in rules.of(case).steps
    }
    leading = accounts_of(file, rules.of, now).get(case.id)
    following = teller.next(steps)
    if leading:
        following = replace(following, why=f"{following.why} {leading.led_by(case)}")
    lead, scope = leading.lead if leading else None, rules.of(case).scope
    return Explanation(case.id, scope, lead, tuple(steps.values()), following)


class _Teller:
    """Tells of one case at one moment."""

    def __init__(self, file: CustomerFile, case: Case, rules: Rules, now: datetime) -> None:
        self.file = replace(file, customer=as_agreed(file.customer, rules.opt_in))
        self.case, self.rules, self.now = as_asked(case), rules, now
        self.timing = Timing.of(file.customer, rules.of(case))
        self.outlook = self._look_ahead(case)

    def _look_ahead(self, case: Case) -> Outlook:
        if case.status is CaseStatus.CLOSED and case.claim is None:
            closed = Close(case.id, Reason(case.closed_reason or Reason.PAID))
            return Outlook(closed, closed, {}, {})
        return look_ahead(self.file, case, self.rules, self.now)

    def past(self, step: Step, result: StepResult) -> ExplainedStep:
        """Tell how a step ended."""
        is_task = result.outcome is Outcome.ACTED and result.reason in FOR_PEOPLE
        by = f" by {result.channel}" if result.channel and not is_task else ""
        done = _HANDED_OVER if is_task else _DONE[result.outcome]
        how = f"{done}{by} on {self._day(result.at)}."
        why = f"{how} {self._because(step, result.reason)}"
        return self._step(step, result.outcome.value, result.at, result.reason, why)

    def future(self, step: Step) -> ExplainedStep:
        """Tell what is to become of a step."""
        match self.outlook.first:
            case Wait(step=step.key, until=until, reason=Reason.IN_FLIGHT) if until:
                return self._waiting(step, _COMING, until, Reason.IN_FLIGHT)
        if asked := awaited(self.case, step, self.timing.calendar):
            return self._step(step, _HELD, asked.until, Reason.AWAITS_APPROVAL, asked.why)
        if doing := self.outlook.doings.get(step.key):
            told = self._coming(step, doing)
            return replace(told, why=f"{told.why} {to_come(step, doing.reason)}".rstrip())
        last = self.outlook.last
        reason = self.outlook.dropped.get(step.key)
        state = _HELD if reason is None and isinstance(last, Paused) else _DROPPED
        if reason is None:
            reason = last.reason if isinstance(last, Paused | Close) else Reason.SEQUENCE_FINISHED
        return self._step(step, state, None, reason, sentence(reason))

    def next(self, steps: dict[str, ExplainedStep]) -> Next:
        """Tell what comes next to the case, which has these steps, and what of it is disputed."""
        told = self._next(steps)
        parts = [each for each in self.case.pauses if each.amount and each.covers(self.now)]
        ends = [each.until for each in parts if each.until]
        if not ends or not self.case.is_open or not self.case.asked_at(self.now):
            return told
        aside = f"A part of it is disputed and set aside until {self._day(max(ends))}."
        return replace(told, why=f"{told.why} {aside}")

    def _next(self, steps: dict[str, ExplainedStep]) -> Next:
        match self.outlook.first:
            case Close(reason=reason):
                is_open = self.case.status is CaseStatus.OPEN
                return Next(self.now if is_open else None, None, reason, sentence(reason))
            case Wait(step=key, until=until, reason=Reason.IN_FLIGHT):
                return Next(until, key, Reason.IN_FLIGHT, sentence(Reason.IN_FLIGHT))
            case Paused(until=until, reason=reason):
                return self._after_pause(until, reason)
        key, doing = next(iter(self.outlook.doings.items()), (None, None))
        for each in steps.values():
            waits = each.reason == Reason.AWAITS_APPROVAL and each.state == _HELD
            if waits and each.at and (doing is None or each.at <= doing.at):
                return Next(each.at, each.key, Reason.AWAITS_APPROVAL, each.why)
        if key is None or doing is None:
            return Next(None, None, Reason.SEQUENCE_FINISHED, sentence(Reason.SEQUENCE_FINISHED))
        step, reason = steps[key], Reason(steps[key].reason)
        as_planned = step.planned == self._day(doing.at) and not doing.alone
        is_moved = reason is Reason.NOT_YET_DUE and not as_planned
        return Next(doing.at, key, reason, step.why if is_moved else sentence(reason))

    def _after_pause(self, until: datetime | None, reason: Reason) -> Next:
        """Name the step that comes once the pause has ended, and the reason that somebody gave."""
        why, pause = sentence(reason), self.case.pause_at(self.now)
        if pause and pause.kind is PauseKind.HANDED_OVER:
            why = f"{why} It is with {pause.reason.rstrip('.')}."
        if pause and (pause.kind is PauseKind.HOLD or pause.dispute):
            why = f"{why} The reason given: {pause.reason.rstrip('.')}."
        outlook = self.outlook if until else self._look_ahead(replace(self.case, pauses=()))
        step = next(iter(outlook.doings), None)
        return Next(until, step, reason, f"{why} After that comes {step}." if step else why)

    def _coming(self, step: Step, doing: Doing) -> ExplainedStep:
        if doing.at == self.now:
            why = self._because(step, doing.reason)
            return self._step(step, _READY, self.now, doing.reason, why)
        if doing.reason is Reason.WITH_LEADING:
            why = f"Planned for {self._day(doing.at)}. {sentence(doing.reason)}"
            return self._step(step, _COMING, doing.at, doing.reason, why)
        begins = self.timing.ready_at(doing.before.cases[0], step)
        match self._obstacle(step, doing, begins):
            case Paused(reason=reason):
                told = self._waiting(step, _HELD, doing.at, reason)
            case Wait(reason=reason) if begins <= self.now or reason is Reason.IN_FLIGHT:
                told = self._waiting(step, _COMING, doing.at, reason)
            case obstacle:
                told = self._planned(step, doing.at, begins, obstacle)
        return replace(told, why=f"{told.why} {MAY_MOVE}") if doing.alone else told

    def _obstacle(self, step: Step, doing: Doing, begins: datetime) -> Decision | None:
        """Return what was decided on the step's day instead of doing it, None: it takes place."""
        asked = max(begins, self.now)
        if asked >= doing.at:
            return None
        for answer in decide(doing.before, self.rules, asked):
            match answer:
                case Paused() | Wait(reason=Reason.IN_FLIGHT) | Wait(step=step.key):
                    return answer
        return None

    def _planned(
        self, step: Step, at: datetime, begins: datetime, obstacle: Decision | None
    ) -> ExplainedStep:
        day, ready = self._day(at), self._day(begins)
        reason, why = Reason.NOT_YET_DUE, None
        if isinstance(obstacle, Wait):
            why = moved(ready, day, obstacle.reason)
        elif ready == day:
            why = moved(self.timing.day_of(self.case, step), day, reason)
        why = why or f"Planned for {day}. {sentence(reason)}"
        return self._step(step, _COMING, at, reason, why)

    def _because(self, step: Step, reason: str) -> str:
        """Say a reason, and where a channel can't be used, why that is so as it stands now."""
        own = kinds.named(step.do).channel
        tried: set[str] = {step.do, *(own.instead if own else ())}
        channels: dict[Reason, set[str]] = {
            Reason.OTHER_CHANNEL: {step.do},
            Reason.NO_USABLE_ADDRESS: tried,
        }
        missing = channels.get(Reason(reason), ()) if reason in set(Reason) else ()
        return f"{sentence(reason)} {self._hindrances(step, missing)}".rstrip()

    def _hindrances(self, step: Step, channels: Iterable[str]) -> str:
        return out_of_reach(self.file.customer, channels, legal=step.is_legal)

    def _waiting(self, step: Step, state: str, until: datetime, reason: Reason) -> ExplainedStep:
        why = f"Waits until {self._day(until)}. {sentence(reason)}"
        return self._step(step, state, until, reason, why)

    def _step(
        self, step: Step, state: str, at: datetime | None, reason: str, why: str
    ) -> ExplainedStep:
        planned = self.timing.day_of(self.case, step)
        return ExplainedStep(step.key, step.do, planned, state, at, str(reason), why)

    def _day(self, at: datetime) -> date:
        return self.timing.calendar.date_of(at)
