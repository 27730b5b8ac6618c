"""Change a customer's details; what is scheduled follows a new calendar or address at once.

A new address brings back the notices that didn't reach the customer for want of one, as long as
no person has dealt with them: their tasks end, and the steps are decided on anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.route import changed_channels, given_back, waits_for_address
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import MAX_TRANSACTION_ITEMS, Record, Write
from chalicelib.services.common import changing, now_of, retrying, rules_for

MATTERS_TO_SCHEDULE = frozenset({"timezone", "country", "email", "phone"})
ADDRESS_CORRECTED = "address_corrected"
"""How a task ends that an address was missing for."""


def update_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, fields: Mapping[str, Any]
) -> Customer:
    """Store validated fields and return the customer. Raises NotFoundError."""

    def attempt() -> Customer:
        file = ports.ledger.file(tenant, customer_id)
        if file is None:
            raise NotFoundError(f"There is no customer {customer_id}.")
        before, after = file.customer, replace(file.customer, **fields)
        dated = change.when(now_of(ports, before))
        writes: list[Write[Record]] = []
        if MATTERS_TO_SCHEDULE & fields.keys():  # also after an attempt that lost a case's write
            writes = _case_writes(ports, file, after, dated)
        if after != before:
            writes.append(changing(before, after, dated))
        for start in range(0, len(writes), MAX_TRANSACTION_ITEMS):  # the customer comes last
            ports.ledger.commit(writes[start : start + MAX_TRANSACTION_ITEMS])
        written = writes[-1].after if writes else before
        return written if isinstance(written, Customer) else after

    return retrying(attempt)


def _case_writes(
    ports: Ports, file: CustomerFile, customer: Customer, change: Change
) -> list[Write[Record]]:
    channels = changed_channels(file.customer, customer)
    tasks = {case.id: _waiting(ports, case) for case in file.open_cases} if channels else {}
    edited = tuple(_edited(case, channels, tasks.get(case.id, [])) for case in file.cases)
    rules, now = rules_for(ports, customer.tenant, file.cases), now_of(ports, customer)
    anew = reschedule(CustomerFile(customer, edited), rules, now).cases
    writes: list[Write[Record]] = []
    for before, after in zip(file.cases, anew, strict=True):
        if before != after:
            ended = tasks.get(before.id, [])
            writes += [changing(task, _corrected(task, change), change) for task in ended]
            writes.append(changing(before, after, change))
    return writes


def _edited(case: Case, channels: Collection[Do], tasks: Iterable[Task]) -> Case:
    if not case.is_open:
        return case
    ended = {task.id for task in tasks}
    left = tuple(each for each in case.open_tasks if each not in ended)
    return replace(given_back(case, channels, {task.step for task in tasks}), open_tasks=left)


def _waiting(ports: Ports, case: Case) -> list[Task]:
    """Return the open tasks of the case that an address is missing for."""
    steps = {step for step, result in case.results.items() if waits_for_address(result)}
    if not steps:
        return []
    found = [ports.ledger.task(case.tenant, each) for each in case.open_tasks]
    return [task for task in found if task and task.step in steps]


def _corrected(task: Task, change: Change) -> Task:
    return replace(task, status=TaskStatus.DONE, outcome=ADDRESS_CORRECTED, done_at=change.at)
