"""The tasks that steps make for people, and their end once nothing is owed any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.approval import Question
from chalicelib.domain.case import Case
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decisions import Reason
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import changing, creating, new_part

FOLLOW_UP = Change(by="system", why="follow-up")
SETTLED = "settled"
"""How a task ends whose invoice was settled before anybody did it."""


def task_of(
    ports: Ports,
    customer: Customer,
    case_id: str,
    step: str,
    do: str,
    reason: Reason,
    *,
    now: datetime,
    question: Question | None = None,
) -> Write[Task]:
    """Return the write of a new task; `question` is what one for an approval asks."""
    task = Task(
        id=ids.child_id(ids.TASK, customer.id, new_part(ports, now)),
        tenant=customer.tenant,
        customer_id=customer.id,
        case_id=case_id,
        step=step,
        do=do,
        reason=reason,
        created_at=now,
        question=question,
    )
    return creating(task, FOLLOW_UP.when(now))


def end_tasks(ports: Ports, case: Case, now: datetime) -> list[Write[Record]]:
    """Return the writes that end a case's tasks: nobody calls a customer who has paid."""
    change = FOLLOW_UP.when(now)
    found = [ports.ledger.task(case.tenant, each) for each in case.open_tasks]
    return [
        changing(task, replace(task, status=TaskStatus.DONE, outcome=SETTLED, done_at=now), change)
        for task in found
        if task and task.status is not TaskStatus.DONE
    ]
