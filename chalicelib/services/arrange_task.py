"""Say who does a task, and when: claimed by whoever does it, assigned to somebody, put off.

A task that was put off comes back by itself: it only waits while its moment is still to come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.erasure import nameless
from chalicelib.domain.errors import FieldError, InvalidError, TaskDoneError, TaskTakenError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, load_customer, load_task, now_of, retrying


def claim_task(ports: Ports, tenant: Tenant, change: Change, task_id: str, assignee: str) -> Task:
    """Let somebody do a task that nobody does yet. Claiming one's own changes nothing.

    Raises NotFoundError, TaskDoneError, TaskTakenError where somebody else does it.
    """

    def claimed(task: Task, _now: datetime) -> Task:
        if task.assignee not in {None, assignee}:
            raise TaskTakenError(f"{task.assignee} does this task.")
        return replace(task, assignee=assignee)

    return arrange(ports, tenant, change, task_id, claimed)


def assign_task(
    ports: Ports, tenant: Tenant, change: Change, task_id: str, assignee: str | None
) -> Task:
    """Let somebody do a task whoever did it before; None gives it back to all.

    Raises NotFoundError, TaskDoneError.
    """
    return arrange(
        ports, tenant, change, task_id, lambda task, _now: replace(task, assignee=assignee)
    )


def snooze_task(
    ports: Ports, tenant: Tenant, change: Change, task_id: str, until: datetime | None
) -> Task:
    """Put a task off until a moment (UTC), by its customer's clock; None: it is to be done now.

    Raises NotFoundError, TaskDoneError, InvalidError for a moment that is past.
    """

    def snoozed(task: Task, now: datetime) -> Task:
        check_later(until, now, "/until")
        return replace(task, snoozed_until=until)

    return arrange(ports, tenant, change, task_id, snoozed)


def arrange(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    task_id: str,
    edit: Callable[[Task, datetime], Task],
) -> Task:
    """Write what `edit` makes of an open task at its customer's present time, and return that.

    The task of an erased customer takes no names: nobody is its assignee.

    Raises NotFoundError, TaskDoneError.
    """

    def attempt() -> Task:
        before = load_task(ports, tenant, task_id)
        if before.status is TaskStatus.DONE:
            raise TaskDoneError(f"The task was completed: {before.outcome}.")
        customer = load_customer(ports, tenant, before.customer_id)
        now = now_of(ports, customer)
        edited = edit(before, now)
        after = nameless(edited) if customer.erasure else edited
        if after == before:
            return before
        write = changing(before, after, change.when(now))
        ports.ledger.commit([write])
        return write.after

    return retrying(attempt)


def check_later(moment: datetime | None, now: datetime, pointer: str) -> None:
    """Raise InvalidError for a moment that isn't still to come; the pointer says where it is."""
    if moment is not None and moment <= now:
        fault = FieldError(pointer, "must be in the future")
        raise InvalidError("That moment is past.", fields=(fault,))
