"""Ask for the approval that a step needs, by a task; and take back what is pointless to ask.

A question ends with its step: when that is done, or skipped for whatever reason, when the case goes
over to another sequence, and when the invoice is settled. Its task ends with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.approval import APPROVE, Approval, Question, Verdict
from chalicelib.domain.approving import approval_of, pointless, with_question
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Ask, Reason
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import changing
from chalicelib.services.step_tasks import FOLLOW_UP, task_of

ASKED_AGAIN = "asked_again"
LAPSED = "lapsed"
NOT_NEEDED = "not_needed"
"""How the task of a question ends that nobody decided."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with its questions as they now stand, and what is written with it."""

    case: Case
    writes: list[Write[Record]]


def ask(ports: Ports, file: CustomerFile, rules: Rules, question: Ask, now: datetime) -> Asked:
    """Return the file's case with its question, in place of an earlier one about the step.

    Raises KeyError where the rules lack the case's sequence.
    """
    case = next(case for case in file.cases if case.id == question.case_id)
    rule = rules.of(case).step(question.step).approval
    if rule is None:
        raise ValueError(f"{question.step} needs no approval")
    before = approval_of(case, question.step)
    ended = _ended(ports, case, [before] if before else [], ASKED_AGAIN, now)
    made = task_of(
        ports,
        file.customer,
        case.id,
        question.step,
        APPROVE,
        Reason.AWAITS_APPROVAL,
        now=now,
        question=Question(
            role=rule.role,
            amount=question.amount,
            currency=case.currency.code,
            until=question.until,
            deputy=rule.deputy,
            deputy_from=rule.deputy_from(file.customer.calendar, now),
        ),
    )
    asked = with_question(ended.case, question, made.after.id, now)
    with_task = replace(asked, open_tasks=(*asked.open_tasks, made.after.id))
    return Asked(with_task, [*ended.writes, made])


def taken_back(ports: Ports, file: CustomerFile, rules: Rules, now: datetime) -> Iterator[Asked]:
    """Yield the file's cases of which questions are pointless, without these."""
    for case in file.cases:
        over = pointless(case, (step.key for step in rules.of(case).steps))
        if over:
            yield _ended(ports, case, over, None, now)


def tasks_ended(ports: Ports, case: Case, now: datetime) -> list[Write[Record]]:
    """Return the writes that end all questions of a case which goes over to another sequence."""
    return _ended(ports, case, case.approvals, NOT_NEEDED, now).writes


def _ended(
    ports: Ports, case: Case, over: Iterable[Approval], outcome: str | None, now: datetime
) -> Asked:
    """Return the case without these questions; without an `outcome` their steps say it."""
    gone = tuple(over)
    change = FOLLOW_UP.when(now)
    writes: list[Write[Record]] = []
    for each in gone:
        awaited = each.verdict is Verdict.AWAITED
        task = ports.ledger.task(case.tenant, each.task) if awaited else None
        if task and task.status is TaskStatus.OPEN:
            said = outcome or _outcome(case, each.step)
            done = replace(task, status=TaskStatus.DONE, outcome=said, done_at=now)
            writes.append(changing(task, done, change))
    tasks = {each.task for each in gone}
    return Asked(
        replace(
            case,
            approvals=tuple(each for each in case.approvals if each not in gone),
            open_tasks=tuple(each for each in case.open_tasks if each not in tasks),
        ),
        writes,
    )


def _outcome(case: Case, step: str) -> str:
    result = case.results.get(step)
    return LAPSED if result and result.reason == Reason.APPROVAL_LAPSED else NOT_NEEDED
