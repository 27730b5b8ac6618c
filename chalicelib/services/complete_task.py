"""Record what a person did about a task."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import kinds
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.contacts import Contact, of_step, own_part, remembered
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.erasure import nameless
from chalicelib.domain.errors import ConflictError, FieldError, InvalidError
from chalicelib.domain.schedule import unscheduled
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import changing, load_customer, load_task, now_of, retrying


def complete_task(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    task_id: str,
    outcome: str,
    note: str | None,
    *,
    conversation: bool = False,
) -> Task:
    """Close a task with its outcome. The same outcome again changes nothing.

    A call or letter counts as a contact now; `conversation` says that a call reached somebody.

    Raises NotFoundError, ConflictError where it was completed otherwise, InvalidError for one that
    asks for approval.
    """

    def attempt() -> Task:
        before = load_task(ports, tenant, task_id)
        if before.question:
            fault = FieldError("/outcome", "is approve or refuse, which have routes of their own")
            raise InvalidError("The task asks for approval.", fields=(fault,))
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
        off = _off_the_case(ports, before, change)
        met = _contacted(customer, done, change.when(now), conversation=conversation)
        ports.ledger.commit([write, *off, *met])
        return write.after

    return retrying(attempt)


def _contacted(
    customer: Customer, task: Task, change: Change, *, conversation: bool
) -> list[Write[Record]]:
    """Remember when a call or letter took place; until then it counts on the day it was due."""
    if not kinds.reaches(task.do) or task.reason != Reason.FOR_A_PERSON or customer.erasure:
        return []
    at, own = task.done_at or task.created_at, own_part(task.case_id)
    made = Contact(
        of_step(task.case_id, task.step), at, task.do, case=own, conversation=conversation
    )
    contacts = remembered(customer.contacts, [made], at)
    return [changing(customer, replace(customer, contacts=contacts), change)]


def _off_the_case(ports: Ports, task: Task, change: Change) -> list[Write[Record]]:
    """Take a task off its case, which else would end it once the invoice is settled."""
    case = ports.ledger.case(task.tenant, task.case_id)
    if case is None or task.id not in case.open_tasks:
        return []
    left = tuple(each for each in case.open_tasks if each != task.id)
    after = replace(case, open_tasks=left)
    return [changing(case, after if after.is_unfinished else unscheduled(after), change)]
