"""Change a customer's details; what is scheduled follows a new calendar or address at once.

A new address brings back the notices that didn't reach the customer for want of one, as long as
no person has dealt with them: their tasks end, and the steps are decided on anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.consent import as_agreed
from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.route import given_back, usable_for, waits_for_address
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import changing, now_of, retrying, rules_for
from chalicelib.services.erase_customer import not_erased
from chalicelib.services.phone_references import phone_reference
from chalicelib.services.refused_addresses import recalled

MATTERS_TO_SCHEDULE = frozenset(
    {"timezone", "country", "email", "phone", "address", "contact_hours"}
)
ADDRESS_CORRECTED = "address_corrected"
"""How a task ends that an address was missing for."""


def update_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, fields: Mapping[str, Any]
) -> Customer:
    """Store validated fields and return the customer. Raises NotFoundError, CustomerErasedError."""

    def edit(before: Customer) -> Customer:
        return replace(before, **{**fields, **_refused_already(ports, before, fields)})

    matters = bool(MATTERS_TO_SCHEDULE & fields.keys())
    return edit_customer(ports, tenant, change, customer_id, edit, reschedules=matters)


def edit_customer(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    customer_id: str,
    edit: Callable[[Customer], Customer],
    *,
    reschedules: bool,
    stops: bool = False,
) -> Customer:
    """Store what `edit` makes of the customer, and return that; `reschedules` says whether what is
    planned may be otherwise then. Raises NotFoundError, CustomerErasedError.

    With `stops`, no message that is being prepared meanwhile can be claimed any more: every open
    case gets a new version with it, and a claim holds for the one that was read only.
    """
    changed = False

    def attempt() -> Customer:
        nonlocal changed
        file = ports.ledger.file(tenant, customer_id)
        if file is None:
            raise NotFoundError(f"There is no customer {customer_id}.")
        before = not_erased(file.customer)
        after = edit(before)
        changed = changed or after != before
        dated = change.when(now_of(ports, before))
        groups: list[list[Write[Record]]] = []
        if after != before:
            write = changing(before, after, dated)
            groups, after = [[write]], write.after
        if after.phone != before.phone:  # alone: cases that follow may fill a transaction
            taken, released = phone_reference(ports, after), phone_reference(ports, before)
            ports.ledger.commit(groups.pop(), taken, released=released)
        if reschedules:  # also after an attempt that lost a case's write
            stopped = _to_stop(file, anew=changed) if stops else frozenset()
            groups += _case_writes(ports, CustomerFile(after, file.cases), dated, stopped)
        for portion in in_transactions(groups):  # the customer comes first
            ports.ledger.commit(portion)
        return after

    return retrying(attempt)


def _refused_already(
    ports: Ports, customer: Customer, fields: Mapping[str, Any]
) -> dict[str, dict[str, Suppression]]:
    """Return what of a new address is known to be refused, by an owner who was erased since."""
    wanted = [fields.get(name) for name in ("email", "phone")]
    known = recalled(ports, customer.tenant, *wanted)
    return {"suppressed": {**known, **customer.suppressed}} if known else {}


def _to_stop(file: CustomerFile, *, anew: bool) -> frozenset[str]:
    """Return the cases about which a message may be in preparation by what was known before.

    Said once more, those are left that a worker who died didn't get to.
    """
    said_at = file.customer.change.at
    return frozenset(
        case.id
        for case in file.cases
        if case.is_open
        and case.claim is None
        and (anew or (said_at and (case.change.at is None or case.change.at < said_at)))
    )


def _case_writes(
    ports: Ports, file: CustomerFile, change: Change, stopped: Collection[str]
) -> Iterator[list[Write[Record]]]:
    """Yield the writes of each case that changes, with those of the tasks that end with it."""
    rules = rules_for(ports, file.customer.tenant, file.cases)
    agreed = as_agreed(file.customer, rules.opt_in)
    tasks = {case.id: _waiting(ports, agreed, case, rules.of(case)) for case in file.cases}
    edited = tuple(_edited(case, agreed, tasks[case.id], rules.of(case)) for case in file.cases)
    anew = reschedule(replace(file, cases=edited), rules, now_of(ports, file.customer)).cases
    for before, after in zip(file.cases, anew, strict=True):
        if before != after or before.id in stopped:
            ended = [changing(task, _corrected(task, change), change) for task in tasks[before.id]]
            yield [*ended, changing(before, after, change)]


def _edited(case: Case, customer: Customer, tasks: Iterable[Task], sequence: Sequence) -> Case:
    if not case.is_open:
        return case
    ended = {task.id for task in tasks}
    left = tuple(each for each in case.open_tasks if each not in ended)
    again = given_back(case, customer, sequence, {task.step for task in tasks})
    return replace(again, open_tasks=left)


def _waiting(ports: Ports, customer: Customer, case: Case, sequence: Sequence) -> list[Task]:
    """Return the open tasks of an open case that waited for an address which is there now."""
    steps = {
        step
        for step, result in case.results.items()
        if waits_for_address(result) and usable_for(step, customer, sequence)
    }
    if not (steps and case.is_open):
        return []
    found = [ports.ledger.task(case.tenant, each) for each in case.open_tasks]
    return [task for task in found if task and task.step in steps]


def _corrected(task: Task, change: Change) -> Task:
    return replace(task, status=TaskStatus.DONE, outcome=ADDRESS_CORRECTED, done_at=change.at)
