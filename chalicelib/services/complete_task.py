"""Record what a person did about a task."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.erasure import nameless
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.schedule import unscheduled
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import changing, load_customer, load_task, now_of, retrying


def complete_task(
    ports: Ports, tenant: Tenant, change: Change, task_id: str, outcome: str, note: str | None
) -> Task:
    """Close a task with its outcome. The same outcome again changes nothing.

    Raises NotFoundError, and ConflictError where it was completed otherwise.
    """

    def attempt() -> Task:
        before = load_task(ports, tenant, task_id)
        if before.status is TaskStatus.DONE:
            if (before.outcome, before.note) == (outcome, note):
                return before
            raise ConflictError(f"The task was completed: {before.outcome}.")
        customer = load_customer(ports, tenant, before.customer_id)
        now = now_of(ports, customer)
        done = replace(
            before,
            status=TaskStatus.DONE,
            outcome=outcome,
            note=note,
            done_at=now,
            change=change,  # whose words they are, decides whether they stay
        )
        write = changing(before, nameless(done) if customer.erasure else done, change)
        ports.ledger.commit([write, *_off_the_case(ports, before, change)])
        return write.after

    return retrying(attempt)


def _off_the_case(ports: Ports, task: Task, change: Change) -> list[Write[Record]]:
    """Take a task off its case, which else would end it once the invoice is settled."""
    case = ports.ledger.case(task.tenant, task.case_id)
    if case is None or task.id not in case.open_tasks:
        return []
    left = tuple(each for each in case.open_tasks if each != task.id)
    after = replace(case, open_tasks=left)
    return [changing(case, after if after.is_unfinished else unscheduled(after), change)]
