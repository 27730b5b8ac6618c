"""What always fails is flagged for a person: one task per case, made of keys alone.

A message that fails comes back to its queue until it is a dead letter. Shortly before, each case
that it was about gets a task. Whatever is wrong with the records, they aren't read for it; so the
task stands beside the case, which doesn't know it. The straggler sweep leaves such a case alone.
Completing the task lets it be tried again; so does redriving the dead letter, and what succeeds
then ends the task by itself, also where the case is due still: it waits for another queue's worker,
and the straggler sweep looks after it again. One that fails again opens the same task again.

A case may go on without a person: what was wrong has passed, and its next step comes as any
other. No reminder looks for tasks, so the night does: it has the file in hand, sees that the case
isn't due any more, and has it followed up once more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.domain import ids
from chalicelib.domain.communication import STUCK, Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.all import Ports
from chalicelib.ports.due import DueEntry
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import changing, creating, retrying

FAILED = Change(by="system", why="follow-up failed again and again")
RECOVERED = "recovered"
"""How the task ends once the follow-up works again."""
NOT_TAKEN = "not_taken"
"""How it ends where nothing is wrong with the case, but a provider takes nothing now."""
WORKED = {
    RECOVERED: Change(by="system", why="follow-up works again"),
    NOT_TAKEN: Change(by="system", why="a provider takes nothing now, and the sweep tries again"),
}
SILENCE = "no_answer"
"""In place of an error's name, where the tries ended without one."""
REDRIVEN = "redriven"
"""Stands in a message whose success ends the tasks of its customer: it was a dead letter."""
BY_NIGHT = "by_night"
"""Stands in a message whose success ends the tasks of cases that aren't due any more."""


def flag(ports: Ports, tenant: Tenant, customer_id: str, code: str) -> tuple[str, ...]:
    """Make the task of each case of the customer that is due, and return the cases.

    `code` is the name of the error. A case that is flagged already stays as it is.
    """
    now = ports.clock.now()
    cases = ports.ledger.due_cases(tenant, customer_id, now)
    for case_id in cases:
        retrying(partial(_flag, ports, tenant, case_id, code, now))
    return cases


def is_flagged(ports: Ports, entry: DueEntry) -> bool:
    """Say whether a person has the case for what is due, and hasn't completed the task.

    A task from before this became due is about something that has passed.
    """
    task = ports.ledger.task(entry.tenant, task_of(entry.case_id))
    if task is None or task.status is not TaskStatus.OPEN:
        return False
    return _failed_at(task) >= entry.due_at


def look_again(ports: Ports, file: WholeFile, now: datetime) -> None:
    """Ask for another follow-up where something was stuck and isn't due any more."""
    waiting = {case.id for case in file.cases if case.due_at and case.due_at <= now}
    flags = [each for each in file.tasks if each.step == STUCK and each.status is TaskStatus.OPEN]
    if any(task.case_id not in waiting for task in flags):
        where = {"tenant": file.customer.tenant.key, "customer": file.customer.id}
        ports.queues.put("action", [{**where, BY_NIGHT: "yes"}])


def release(ports: Ports, tenant: Tenant, customer_id: str, *, due_too: bool = False) -> None:
    """End the tasks of the customer's cases that aren't due any more, or with `due_too` all."""
    flags = _flags(ports, tenant, customer_id)
    now = ports.clock.now()
    due = set(ports.ledger.due_cases(tenant, customer_id, now)) if flags and not due_too else set()
    _end(ports, [each for each in flags if each.case_id not in due], RECOVERED)


def release_untaken(ports: Ports, tenant: Tenant, customer_id: str, *, redriven: bool) -> None:
    """Leave the customer to the sweep, which passes by what is flagged, after a provider's refusal.

    A refusal says only that the tries which ended without a word weren't the case's fault. A flag
    with an error's name stays, unless somebody had the message `redriven` since.
    """
    flags = _flags(ports, tenant, customer_id)
    _end(ports, [each for each in flags if redriven or each.reason == SILENCE], NOT_TAKEN)


def _flags(ports: Ports, tenant: Tenant, customer_id: str) -> list[Task]:
    tasks = ports.ledger.tasks_of(tenant, customer_id)
    return [each for each in tasks if each.step == STUCK and each.status is TaskStatus.OPEN]


def _end(ports: Ports, flags: list[Task], outcome: str) -> None:
    now = ports.clock.now()
    for task in flags:
        done = replace(task, status=TaskStatus.DONE, outcome=outcome, done_at=now)
        try:
            ports.ledger.commit([changing(task, done, WORKED[outcome].when(now))])
        except WriteConflictError:  # a person completed it just now
            continue


def task_of(case_id: str) -> str:
    """Return the id of the task that flags a case: a case has one."""
    return ids.child_id(ids.TASK, ids.owner_of(case_id), ids.steady(case_id, STUCK))


def _flag(ports: Ports, tenant: Tenant, case_id: str, code: str, now: datetime) -> None:
    change = FAILED.when(now)
    known = ports.ledger.task(tenant, task_of(case_id))
    if known is None:
        task = Task(
            id=task_of(case_id),
            tenant=tenant,
            customer_id=ids.owner_of(case_id),
            case_id=case_id,
            step=STUCK,
            do="investigate",
            reason=code,
            created_at=now,
        )
        ports.ledger.commit([creating(task, change)])
    elif known.status is TaskStatus.DONE:
        reopened = replace(
            known, status=TaskStatus.OPEN, reason=code, outcome=None, note=None, done_at=None
        )
        ports.ledger.commit([changing(known, reopened, change)])
    elif _failed_at(known) < now:
        ports.ledger.commit([changing(known, known, change)])


def _failed_at(task: Task) -> datetime:
    """Return when the case failed last, as far as its open task says."""
    return task.change.at or task.created_at
