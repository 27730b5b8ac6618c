"""Change a customer's details; what is scheduled follows a new calendar or address at once.

A new address brings back the notices that didn't reach the customer for want of one, as long as
no person has dealt with them: their tasks end, and the steps are decided on anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.route import changed_channels, given_back, waits_for_address
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import MAX_TRANSACTION_ITEMS, Cursor, Record, Write
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
        if after != before:
            write = changing(before, after, dated)
            writes, after = [write], write.after
        if MATTERS_TO_SCHEDULE & fields.keys():  # also after an attempt that lost a case's write
            writes += _case_writes(ports, file, after, dated)
        for start in range(0, len(writes), MAX_TRANSACTION_ITEMS):  # the customer comes first
            ports.ledger.commit(writes[start : start + MAX_TRANSACTION_ITEMS])
        return after

    return retrying(attempt)


def _case_writes(
    ports: Ports, file: CustomerFile, customer: Customer, change: Change
) -> list[Write[Record]]:
    channels = changed_channels(file.customer, customer)
    tasks = _waiting(ports, file) if channels else []
    waiting = {case.id: {t.step for t in tasks if t.case_id == case.id} for case in file.cases}
    edited = tuple(given_back(case, channels, waiting[case.id]) for case in file.cases)
    rules, now = rules_for(ports, customer.tenant, file.cases), now_of(ports, customer)
    anew = reschedule(CustomerFile(customer, edited), rules, now).cases
    writes: list[Write[Record]] = []
    for before, after in zip(file.cases, anew, strict=True):
        if before != after:
            writes.append(changing(before, after, change))
    writes += [changing(task, _corrected(task, change), change) for task in tasks]
    return writes


def _waiting(ports: Ports, file: CustomerFile) -> list[Task]:
    """Return the open tasks that an address is missing for."""
    steps = {
        (case.id, step)
        for case in file.cases
        for step, result in case.results.items()
        if waits_for_address(result)
    }
    found: list[Task] = []
    cursor = Cursor(100)
    while steps:
        page = ports.ledger.tasks_page(
            file.customer.tenant, cursor, status=TaskStatus.OPEN, customer_id=file.customer.id
        )
        found += [
            task
            for task in page.data
            if (task.case_id, task.step) in steps and task.reason == Reason.NO_USABLE_ADDRESS
        ]
        if not page.has_more:
            break
        cursor = Cursor(100, after=page.data[-1].id)
    return found


def _corrected(task: Task, change: Change) -> Task:
    return replace(task, status=TaskStatus.DONE, outcome=ADDRESS_CORRECTED, done_at=change.at)
