"""Tasks."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain import ids
from chalicelib.domain.approval import Question
from chalicelib.domain.call_sheet import CallSheet
from chalicelib.domain.communication import Task
from chalicelib.domain.tenant import Mode
from chalicelib.domain.value_at_risk import Risk, percent, reasons
from chalicelib.handlers.shapes.common import DateText, Timestamp, timestamp, timestamp_or_none
from chalicelib.ports.worklist import RankedTask
from chalicelib.services.show_task import ShownTask


class RiskShape(TypedDict):
    """What may be lost: what is `owed`, times a `loss_rate` in percent by its age (`bucket`, days
    past due) and by the `signs` that make it count as one row older each. Minor units of the
    `currency`; `reasons` say it in sentences."""

    value_at_risk: int
    owed: int
    currency: str
    due_date: DateText
    bucket: Literal["current", "1_to_30", "31_to_60", "61_to_90", "over_90"]
    signs: list[Literal["broken_promise", "dispute"]]
    loss_rate: str
    reasons: list[str]


class CallSheetShape(TypedDict):
    """What a call needs: whom to ask for, the number (null: none may be called), and a script in
    the customer's language. `best_from` to `best_until` is the next time that every rule allows
    (null: a pause without an end holds); `reasons` say what it follows from."""

    name: str
    phone: str | None
    script: str
    best_from: Timestamp | None
    best_until: Timestamp | None
    reasons: list[str]


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

    It waits while `snoozed_until` is still to come; `attempts` is how often a call was in vain.
    `risk` is shown in a view of the worklist, as of when the task was placed there, and on an open
    task that is asked for by its id, as of now. There a `call` has what is needed for it, too.
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
    risk: RiskShape | None
    call: CallSheetShape | None
    approval: QuestionShape | None
    created_at: Timestamp
    done_at: Timestamp | None


def ranked_shape(ranked: RankedTask) -> TaskShape:
    """Write a task of the worklist."""
    return task_shape(ranked.task, ranked.risk)


def shown_shape(shown: ShownTask) -> TaskShape:
    """Write a task with what is at risk, and what a call needs."""
    shape = task_shape(shown.task, shown.risk)
    if shown.call and shown.script:
        shape["call"] = _call_shape(shown.call, shown.script)
    return shape


def task_shape(task: Task, risk: Risk | None = None) -> TaskShape:
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
        risk=_risk_shape(risk) if risk else None,
        call=None,
        approval=_question(task.question) if task.question else None,
        created_at=timestamp(task.created_at),
        done_at=timestamp_or_none(task.done_at),
    )


def _call_shape(sheet: CallSheet, script: str) -> CallSheetShape:
    return CallSheetShape(
        name=sheet.name,
        phone=sheet.phone,
        script=script,
        best_from=timestamp(sheet.best.begins) if sheet.best else None,
        best_until=timestamp(sheet.best.ends) if sheet.best else None,
        reasons=list(sheet.reasons),
    )


def _risk_shape(risk: Risk) -> RiskShape:
    return RiskShape(
        value_at_risk=risk.value.amount,
        owed=risk.owed.amount,
        currency=risk.owed.currency.code,
        due_date=risk.due_date.isoformat(),
        bucket=risk.bucket.value,
        signs=[sign.value for sign in risk.signs],
        loss_rate=percent(risk.loss_rate),
        reasons=list(reasons(risk)),
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
