"""Show a task with what is needed to do it: computed when somebody looks, and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.call_sheet import CallSheet, call_sheet
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value_at_risk import Risk, risk_of
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor, load_task, now_of, rules_for


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task. While it is open, what is at risk; of a call, what to have at hand and to say."""

    task: Task
    risk: Risk | None = None
    call: CallSheet | None = None
    script: str | None = None


def show_task(ports: Ports, tenant: Tenant, task_id: str) -> ShownTask:
    """Return a task as it is to be done now. Raises NotFoundError.

    The call of an erased customer has nobody to ask for, and a settled one nothing to say.
    """
    task = load_task(ports, tenant, task_id)
    file = ports.ledger.file(tenant, task.customer_id) if _is_open(task) else None
    if file is None:
        return ShownTask(task)
    now = now_of(ports, file.customer)
    case = next((each for each in file.cases if each.id == task.case_id), None)
    case = case or ports.ledger.case(tenant, task.case_id)
    if case is None:
        return ShownTask(task)
    risk = risk_of(case, file.customer, now)
    if task.do != Do.CALL or not case.is_open or file.customer.erasure:
        return ShownTask(task, risk)
    sheet = _sheet(ports, task, case, file, now)
    return ShownTask(task, risk, sheet, ports.renderer.call_script(sheet))


def _is_open(task: Task) -> bool:
    return task.status is TaskStatus.OPEN


def _sheet(ports: Ports, task: Task, case: Case, file: CustomerFile, now: datetime) -> CallSheet:
    sequence = rules_for(ports, task.tenant, [case]).sequences[case.sequence]
    creditor = load_creditor(ports, task.tenant.creditor_id)
    return call_sheet(task, case, file, sequence, creditor, now)
