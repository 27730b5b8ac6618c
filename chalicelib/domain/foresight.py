"""How a customer's file goes on: `decide()` is asked from one moment to the next.

What is decided is taken as done: a message that is sent arrives, a person gets a task. Previews
and explanations read off this one run, so neither has rules of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.domain import kinds
from chalicelib.domain.agenda import Agenda
from chalicelib.domain.approving import with_question
from chalicelib.domain.case import Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.contacts import of_step
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Ask, Decision, Reason, Send, Skip
from chalicelib.domain.schedule import with_results


class World(Protocol):
    """The customer whose file goes on, and what comes from outside."""

    @property
    def rules(self) -> Rules:
        """The sequences of all cases."""

    def happen(self, now: datetime, /) -> Collection[str]:
        """Let happen what comes from outside at `now`, and return the ids of the cases it changed.

        At the first moment these are all cases.
        """

    def next_happening(self) -> datetime | None:
        """Return when next something comes from outside."""

    def file(self, due: Collection[str]) -> CustomerFile:
        """Return those of the cases that are still followed up.

        The customer's `last_contact_at` covers every case here, also those that aren't due.
        """

    def record(self, ended: Iterable[Case]) -> None:
        """Take over the cases of which steps have ended."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One look: the cases that were looked at, as they were, and what was decided."""

    now: datetime
    file: CustomerFile
    decisions: list[Decision]


def foresee(world: World, now: datetime, *, daily: bool = False) -> Iterator[Turn]:
    """Yield turn after turn from `now` (UTC), until nothing is left that could happen.

    At a moment turns follow until one has nothing to decide, so each moment has at least one.
    `daily` also looks at a case when a step's day begins, to see what the step then waits for.
    """
    agenda = Agenda(world.rules, daily=daily)
    moment: datetime | None = now
    while moment is not None:
        agenda.call(world.happen(moment), moment)
        while (file := world.file(agenda.due(moment))).cases:
            decided = decide(file, world.rules, moment)
            decisions = _effects_first(decided)
            yield Turn(moment, file, decisions)
            world.record(_ended(file, decisions, moment))
            agenda.note(file, decisions, moment)
            put_off = [] if decisions is decided else _messages(decided)
            agenda.call((case_id for each in put_off for case_id in concerned(each)), moment)
        yield Turn(moment, file, [])
        moments = [world.next_happening(), agenda.next_moment()]
        moment = min((each for each in moments if each), default=None)


def concerned(decision: Decision) -> tuple[str, ...]:
    """Return the ids of the cases that a decision is about."""
    if isinstance(decision, Send):
        return tuple(part.case_id for part in decision.parts)
    if isinstance(decision, Act):
        return decision.cases
    return (decision.case_id,)


def _effects_first(decisions: list[Decision]) -> list[Decision]:
    """Leave messages to the next turn where Dunlin carries something out, as production does.

    No message tells of an amount from before a fee.
    """
    if not any(isinstance(each, Act) and not each.is_task for each in decisions):
        return decisions
    return [each for each in decisions if not isinstance(each, Send)]


def _messages(decisions: Iterable[Decision]) -> list[Send]:
    return [each for each in decisions if isinstance(each, Send)]


def _ended(file: CustomerFile, decisions: Iterable[Decision], now: datetime) -> list[Case]:
    cases: dict[str, Case] = {}
    known = {case.id: case for case in file.cases}
    for decision in decisions:
        match decision:
            case Send(channel=channel, parts=parts):
                name = of_step(parts[0].case_id, parts[0].step)  # one message is one contact
                for part in parts:
                    case = cases.get(part.case_id, known[part.case_id])
                    by = decision.time_for(case)
                    sent = StepResult(Outcome.SENT, part.reason, now, channel, name, pay_by=by)
                    cases[case.id] = with_results(case, {part.step: sent})
            case Act(step=step, do=do):
                contact = do if kinds.reaches(do) else None
                for each in decision.cases:
                    acted = StepResult(Outcome.ACTED, decision.result_of(each), now, contact)
                    case = cases.get(each, known[each])
                    cases[case.id] = with_results(case, {step: acted})
            case Ask(case_id=case_id):
                case = cases.get(case_id, known[case_id])
                cases[case.id] = with_question(case, decision, "", now)
            case Skip(case_id, step, reason):
                case = cases.get(case_id, known[case_id])
                skipped = _skipped(case, reason, now)
                cases[case.id] = replace(with_results(case, {step: skipped}), claim=None)
            case _:  # it only waits
                pass
    return list(cases.values())


def _skipped(case: Case, reason: Reason, now: datetime) -> StepResult:
    if case.claim:  # nobody knows whether it left, so it counts as a contact
        return case.claim.ended(Outcome.UNCONFIRMED, reason)
    return StepResult(Outcome.SKIPPED, reason, now)
