"""Tasks."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain import ids
from chalicelib.domain.approval import Question
from chalicelib.domain.communication import Task
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import Timestamp, timestamp, timestamp_or_none


class QuestionShape(TypedDict):
    """What an approval is about: this step, at `amount` in minor units. `role` decides until
    `until`, from `deputy_from` on the `deputy` as well; `approver` did, in the role `decided_as`.
    """

    role: str
    deputy: str | None
    deputy_from: Timestamp | None
    until: Timestamp
    amount: int
    currency: str
    approver: str | None
    decided_as: str | None


class TaskShape(TypedDict):
    """Something that a person must do, and for which step of which case (`dispute`: about that).

    It waits while `snoozed_until` is still to come; `attempts` is how often a call was in vain. A
    task to `approve` has the `approval` that it asks for, others null.
    """

    id: str
    object: Literal["task"]
    livemode: bool
    status: Literal["open", "done"]
    do: str
    step: str
    reason: str
    case: str
    invoice: str
    customer: str
    outcome: str | None
    note: str | None
    assignee: str | None
    snoozed_until: Timestamp | None
    attempts: int
    approval: QuestionShape | None
    created_at: Timestamp
    done_at: Timestamp | None


def task_shape(task: Task) -> TaskShape:
    """Write a task."""
    return TaskShape(
        id=task.id,
        object="task",
        livemode=task.tenant.mode is Mode.LIVE,
        status=task.status.value,
        do=task.do,
        step=task.step,
        reason=task.reason,
        case=task.case_id,
        invoice=ids.sibling(task.case_id, ids.INVOICE),
        customer=task.customer_id,
        outcome=task.outcome,
        note=task.note,
        assignee=task.assignee,
        snoozed_until=timestamp_or_none(task.snoozed_until),
        attempts=task.attempts,
        approval=_question(task.question) if task.question else None,
        created_at=timestamp(task.created_at),
        done_at=timestamp_or_none(task.done_at),
    )


def _question(question: Question) -> QuestionShape:
    return QuestionShape(
        role=question.role,
        deputy=question.deputy,
        deputy_from=timestamp_or_none(question.deputy_from),
        until=timestamp(question.until),
        amount=question.amount,
        currency=question.currency,
        approver=question.approver,
        decided_as=question.decided_as,
    )
