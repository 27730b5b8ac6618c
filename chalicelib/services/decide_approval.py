"""Approve or refuse what a task asks for.

Who decides, and in which role, the creditor's own system says: it knows its people, and its key has
the right to write. Dunlin holds the role against the step's rule, and keeps both on the task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.approval import (
    ApprovalOverError,
    NotTheApproverError,
    Question,
    Verdict,
)
from chalicelib.domain.approving import approval_of, decided, pointless
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules
from chalicelib.domain.errors import ConflictError, NotFoundError, TaskDoneError
from chalicelib.domain.schedule import rescheduled
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import changing, load_task, now_of, retrying, rules_for


@dataclass(frozen=True, slots=True)
class Decided:
    """The verdict of an approver (a name or address of the creditor's) in a role, and why."""

    verdict: Verdict
    approver: str
    role: str
    note: str | None = None


def decide_approval(
    ports: Ports, tenant: Tenant, change: Change, task_id: str, decision: Decided
) -> Task:
    """Write a verdict on a task and its case, which goes on. The same again changes nothing.

    Raises NotFoundError, ConflictError for a task that asks for no approval, TaskDoneError where it
    ended otherwise, ApprovalOverError where the deadline has passed or the step needs it no more,
    NotTheApproverError where the role mayn't decide now.
    """

    def attempt() -> Task:
        task = load_task(ports, tenant, task_id)
        if task.question is None:
            raise ConflictError(f"The task asks for no approval; it is: {task.do}.")
        if task.status is TaskStatus.DONE:
            if task.outcome == decision.verdict.value:
                return task
            raise TaskDoneError(f"The task was completed: {task.outcome}.")
        file = ports.ledger.file(tenant, task.customer_id)
        if file is None:
            raise NotFoundError(f"There is no task {task_id}.")
        now, rules = now_of(ports, file.customer), rules_for(ports, tenant, file.cases)
        case = _case_of(task, task.question, file, rules, now)
        if not task.question.may_decide(decision.role, now):
            raise NotTheApproverError(_who_may(task.question))
        done = _done(task, task.question, decision, now)
        write = changing(task, done, change.when(now))
        ports.ledger.commit([write, *_cases(file, rules, case, write.after, decision)])
        return write.after

    return retrying(attempt)


def _case_of(
    task: Task, question: Question, file: CustomerFile, rules: Rules, now: datetime
) -> Case:
    """Return the case of a task whose question still stands. Raises ApprovalOverError."""
    case = next((each for each in file.open_cases if each.id == task.case_id), None)
    asked = approval_of(case, task.step) if case else None
    if (
        case is None
        or asked is None
        or asked.task != task.id
        or asked in pointless(case, (step.key for step in rules.of(case).steps))
    ):
        raise ApprovalOverError("The step needs no approval any more.")
    if now >= question.until:
        raise ApprovalOverError("The deadline has passed.")
    return case


def _who_may(question: Question) -> str:
    told = f"It is for {question.role}"
    if question.deputy and question.deputy_from:
        told += f", and from {question.deputy_from:%Y-%m-%d %H:%M} UTC on for {question.deputy}"
    return f"{told}."


def _done(task: Task, question: Question, decision: Decided, now: datetime) -> Task:
    return replace(
        task,
        status=TaskStatus.DONE,
        outcome=decision.verdict.value,
        note=decision.note,
        done_at=now,
        question=replace(question, approver=decision.approver, decided_as=decision.role),
    )


def _cases(
    file: CustomerFile, rules: Rules, case: Case, task: Task, decision: Decided
) -> list[Write[Record]]:
    """Return the writes of the case with the verdict, and of what else is looked at sooner now."""
    left = tuple(each for each in case.open_tasks if each != task.id)
    edited = replace(decided(case, task.step, decision.verdict), open_tasks=left)
    befores = {each.id: each for each in file.cases}
    cases = tuple((befores | {case.id: edited}).values())
    now = task.done_at or task.created_at
    anew = rescheduled(CustomerFile(file.customer, cases), rules, now, [edited])
    return [changing(befores[each.id], each, task.change) for each in anew]
