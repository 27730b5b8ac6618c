"""Which events a change of a task is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.communication import Task, TaskStatus

ENDS = {
    "approved": "approval.given",
    "refused": "approval.refused",
    "lapsed": "approval.lapsed",
}
"""Which event the end of a question is, beside the end of its task."""
Named = Iterator[tuple[str, dict[str, Any]]]


def of_task(before: Task | None, after: Task) -> Named:
    """Yield what became of a task."""
    data: dict[str, Any] = {"case": after.case_id, "do": after.do, "step": after.step}
    if before is None:
        yield "task.created", {**data, "reason": after.reason, **_asked(after)}
    elif before.status is not after.status and after.status is TaskStatus.DONE:
        yield "task.completed", {**data, "outcome": after.outcome}
        yield from _decided(after, data)
    elif before.status is not after.status:
        yield "task.reopened", {**data, "reason": after.reason}
    else:
        yield from _work(before, after, data)


def _asked(task: Task) -> dict[str, Any]:
    """Return what a task asks its approver, in minor units."""
    asked = task.question
    if asked is None:
        return {}
    about = {"amount": asked.amount, "currency": asked.currency, "role": asked.role}
    return {**about, "deputy": asked.deputy, "until": asked.until.isoformat()}


def _decided(task: Task, data: dict[str, Any]) -> Named:
    """Yield what became of a question: who decided, or that nobody did in time."""
    if task.question is None or task.outcome not in ENDS:
        return
    asked = task.question
    told = {**data, "amount": asked.amount, "currency": asked.currency}
    if asked.approver:
        told |= {"approver": asked.approver, "role": asked.decided_as}
    yield ENDS[task.outcome], told


def _work(before: Task, after: Task, data: dict[str, Any]) -> Named:
    if before.attempts != after.attempts:
        yield "task.called", {**data, "result": "no_answer", "attempts": after.attempts}
    if before.assignee != after.assignee:
        yield "task.assigned", {**data, "assignee": after.assignee}
    if before.snoozed_until != after.snoozed_until:
        until = after.snoozed_until
        yield "task.snoozed", {**data, "until": until.isoformat() if until else None}
