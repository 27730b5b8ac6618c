"""Which events a change of a task is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.communication import Task, TaskStatus

Named = Iterator[tuple[str, dict[str, Any]]]


def of_task(before: Task | None, after: Task) -> Named:
    """Yield what became of a task."""
    data: dict[str, Any] = {"case": after.case_id, "do": after.do, "step": after.step}
    if before is None:
        yield "task.created", {**data, "reason": after.reason}
    elif before.status is not after.status and after.status is TaskStatus.DONE:
        yield "task.completed", {**data, "outcome": after.outcome}
    elif before.status is not after.status:
        yield "task.reopened", {**data, "reason": after.reason}
    else:
        yield from _work(before, after, data)


def _work(before: Task, after: Task, data: dict[str, Any]) -> Named:
    if before.attempts != after.attempts:
        yield "task.called", {**data, "result": "no_answer", "attempts": after.attempts}
    if before.assignee != after.assignee:
        yield "task.assigned", {**data, "assignee": after.assignee}
    if before.snoozed_until != after.snoozed_until:
        until = after.snoozed_until
        yield "task.snoozed", {**data, "until": until.isoformat() if until else None}
