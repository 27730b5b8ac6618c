"""Show a task with what is at risk by now: computed when somebody looks, and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value_at_risk import Risk, risk_of
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_customer, load_task, now_of


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task; what is at risk only while it is open."""

    task: Task
    risk: Risk | None = None


def show_task(ports: Ports, tenant: Tenant, task_id: str) -> ShownTask:
    """Return a task with what its case puts at risk now. Raises NotFoundError."""
    task = load_task(ports, tenant, task_id)
    if task.status is TaskStatus.DONE:
        return ShownTask(task)
    case = ports.ledger.case(tenant, task.case_id)
    if case is None:
        return ShownTask(task)
    customer = load_customer(ports, tenant, task.customer_id)
    return ShownTask(task, risk_of(case, customer, now_of(ports, customer)))
