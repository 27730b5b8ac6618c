"""A worker without queues and gateways: what `decide()` says is done at once and always works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain import kinds
from chalicelib.domain.approving import with_question
from chalicelib.domain.case import Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Ask, Decision, Send, Skip
from chalicelib.domain.schedule import with_results


@dataclass(frozen=True)
class Done:
    """What a sweep did: the file after it and every decision on the way."""

    file: CustomerFile
    decisions: list[Decision]

    @property
    def sends(self) -> list[Send]:
        return [each for each in self.decisions if isinstance(each, Send)]

    @property
    def acts(self) -> list[Act]:
        return [each for each in self.decisions if isinstance(each, Act)]

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return [(each.step, each.reason) for each in self.decisions if isinstance(each, Skip)]

    @property
    def notices(self) -> list[tuple[str, str]]:
        """The (channel, step) of everything sent or handed to a person."""
        sent = [(send.channel.value, part.step) for send in self.sends for part in send.parts]
        return sent + [(act.do.value, act.step) for act in self.acts]


def sweep(file: CustomerFile, rules: Rules, now: datetime) -> Done:
    """Decide and do until nothing is left to do at this moment."""
    every: list[Decision] = []
    for _ in range(200):
        decisions = decide(file, rules, now)
        every += decisions
        after = record(file, decisions, now)
        if after == file:
            return Done(file, every)
        file = after
    raise AssertionError("the sweep never comes to rest")


def record(file: CustomerFile, decisions: list[Decision], now: datetime) -> CustomerFile:
    """Put what was decided on the cases, as done."""
    for decision in decisions:
        match decision:
            case Send(channel=channel, parts=parts):
                for part in parts:
                    (case,) = (each for each in file.cases if each.id == part.case_id)
                    by = decision.time_for(case)
                    name = f"cm_{parts[0].case_id} {parts[0].step}"
                    result = StepResult(Outcome.SENT, part.reason, now, channel, name, pay_by=by)
                    file = ended(file, part.case_id, part.step, result)
            case Act(step=step, do=do):
                contact = do if kinds.reaches(do) else None
                for case_id in decision.cases:
                    why = decision.result_of(case_id)
                    acted = StepResult(Outcome.ACTED, why, now, contact)
                    file = ended(file, case_id, step, acted)
            case Ask(case_id):
                file = edited(file, case_id, partial(with_question, ask=decision, task="", now=now))
            case Skip(case_id, step, reason):
                (claim,) = (each.claim for each in file.cases if each.id == case_id)
                skipped = StepResult(Outcome.SKIPPED, reason, now)
                if claim:  # nobody knows whether it left
                    skipped = StepResult(Outcome.UNCONFIRMED, reason, claim.at, claim.channel)
                file = ended(file, case_id, step, skipped)
            case _:
                pass
    return file


def ended(file: CustomerFile, case_id: str, step: str, result: StepResult) -> CustomerFile:
    """Return the file with one step ended, and the case's claim settled."""
    return edited(
        file, case_id, lambda case: replace(with_results(case, {step: result}), claim=None)
    )


def edited(file: CustomerFile, case_id: str, change) -> CustomerFile:
    """Return the file with one case changed."""
    cases = tuple(change(case) if case.id == case_id else case for case in file.cases)
    return replace(file, cases=cases)


def without(file: CustomerFile, case: Case) -> CustomerFile:
    """Return the file without a case, as if it had been closed."""
    return replace(file, cases=tuple(each for each in file.cases if each.id != case.id))
