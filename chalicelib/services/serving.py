"""What the use cases of a customer's service share: the service as stored, and its writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.communication import SERVICE_REQUEST, Task, TaskStatus
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.service import (
    Service,
    ServiceStatus,
    see_to,
    service_id,
    unrestricted,
)
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import changing, creating

NO_ANSWER = "The billing system hasn't acknowledged the request: carry it out, and acknowledge it."
REPLACED = "replaced"
"""How a task ends whose request another one takes the place of."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The writes of a service and its tasks, none where it stays as it is, and those of its
    customer's cases that change with it, by id."""

    writes: tuple[Write[Record], ...]
    cases: Mapping[str, Case]


def service_of(ports: Ports, customer: Customer, now: datetime) -> Service:
    """Return a customer's service, also where nothing was ever asked about it."""
    known = ports.ledger.service(customer.tenant, service_id(customer.id))
    return known or unrestricted(customer.tenant, customer.id, now)


def serving(
    ports: Ports,
    before: Service,
    cases: Collection[Case],
    now: datetime,
    change: Change,
    *,
    written: Collection[str] | None = None,
) -> Serving:
    """Bring a service in line with its customer's unfinished cases, as they are to be.

    `written` are the ids of the cases that are written with it (None: all that change).
    """
    seen = see_to(before, cases, now, written)
    after, tasks = seen.service, []
    if after.number != before.number:
        tasks = end_task(ports, before, REPLACED, now, change)
    elif after.status is ServiceStatus.UNANSWERED is not before.status and after.bearer:
        task = _task(after, after.bearer, now)
        after, tasks = replace(after, task=task.id), [creating(task, change)]
    if after == before:
        return Serving((), seen.cases)
    return Serving((write_of(before, after, change), *tasks), seen.cases)


def write_of(before: Service, after: Service, change: Change) -> Write[Service]:
    """Return the write of a service, the first of which creates it."""
    return changing(before, after, change) if before.version else creating(after, change)


def commit_service(
    ports: Ports, own: Iterable[Write[Record]], file: Iterable[Write[Record]]
) -> None:
    """Write a service and its tasks with what changes in its customer's file.

    However many cases let go of what they restrict, there is room: what has none in the first
    transaction comes after it, and whoever dies before has left it to be seen to.
    """
    together: list[Write[Record]] = [*own]
    others: list[list[Write[Record]]] = []
    for write in file:
        if isinstance(write.after, Case) and write.after.restriction is None:
            others.append([write])  # it only lets go of what is seen to
        else:
            together.append(write)
    for portion in in_transactions([together, *others]):
        ports.ledger.commit(portion)


def end_task(
    ports: Ports, service: Service, outcome: str, now: datetime, change: Change
) -> list[Write[Record]]:
    """Return the write that ends the open task about a request, if there is one."""
    task = ports.ledger.task(service.tenant, service.task) if service.task else None
    if task is None or task.status is TaskStatus.DONE:
        return []
    done = replace(task, status=TaskStatus.DONE, outcome=outcome, done_at=now)
    return [changing(task, done, change)]


def _task(service: Service, case_id: str, now: datetime) -> Task:
    """Return the task to carry out a request that nobody answers.

    Its id follows from the service's version, so whoever makes it again makes the same.
    """
    own = ids.part(now, ids.meaning(service.id, str(service.version)))
    return Task(
        id=ids.child_id(ids.TASK, service.customer_id, own),
        tenant=service.tenant,
        customer_id=service.customer_id,
        case_id=case_id,
        step=SERVICE_REQUEST,
        do="service",
        reason=NO_ANSWER,
        created_at=now,
    )
