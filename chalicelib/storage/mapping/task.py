"""Tasks."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.storage import keys
from chalicelib.storage.items import TaskItem
from chalicelib.storage.mapping.common import change_of, stamp


def to_record(task: Task) -> TaskItem:
    """Return the item of a task."""
    return TaskItem(
        **stamp(task, keys.child(task.tenant, ids.TASK, task.id)),
        list_pk=keys.tasks_list(task.tenant, task.status),
        list_sk=keys.position(ids.TASK, task.id),
        case=task.case_id,
        step=task.step,
        do=task.do,
        reason=task.reason,
        created_at=task.created_at,
        status=task.status,
        outcome=task.outcome,
        note=task.note,
        done_at=task.done_at,
        assignee=task.assignee,
        snoozed_until=task.snoozed_until,
        attempts=task.attempts or None,
        question=task.question,
    )


def from_record(item: TaskItem) -> Task:
    """Return the task of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Task(
        id=keys.identifier(ids.TASK, item.key),
        tenant=tenant,
        customer_id=customer_id,
        case_id=item.case,
        step=item.step,
        do=item.do,
        reason=item.reason,
        created_at=item.created_at,
        status=TaskStatus(item.status),
        outcome=item.outcome,
        note=item.note,
        done_at=item.done_at,
        assignee=item.assignee,
        snoozed_until=item.snoozed_until,
        attempts=item.attempts or 0,
        question=item.question,
        version=item.version,
        change=change_of(item),
    )
