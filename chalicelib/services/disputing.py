"""What the use cases of disputes share: the books with the dispute in them, and its tasks.

A dispute and the pause of it on the invoice's case change in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.domain import ids
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.communication import DISPUTE, Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.dispute import LONGEST, Dispute, with_pause
from chalicelib.domain.errors import DisputeNotOpenError, FieldError, InvalidError
from chalicelib.domain.schedule import unscheduled
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.common import changing, creating, load_dispute, retrying


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute as it stands, in the open books of its customer."""

    dispute: Dispute
    opened: OpenBooks

    @property
    def calendar(self) -> LocalCalendar:
        """The customer's."""
        return self.opened.books.customer.calendar

    @property
    def case(self) -> Case:
        """The invoice's case as the books have it now."""
        return self.opened.books.cases[self.dispute.invoice_id]

    def put(self, case: Case) -> None:
        """Put the case back into the books."""
        kept = case if case.is_unfinished else unscheduled(case)
        self.opened.books.cases[self.dispute.invoice_id] = kept

    def write(self, after: Dispute) -> Write[Dispute]:
        """Put the dispute's pause, as it is to be, on the case; return the dispute's write."""
        self.put(with_pause(self.case, after, self.calendar))
        return changing(self.dispute, after, self.opened.books.change)

    def end_task(self, outcome: str) -> list[Write[Record]]:
        """Take the open task about it off the case, and return the write that ends it."""
        task = self._open_task()
        if task is None:
            return []
        left = tuple(each for each in self.case.open_tasks if each != task.id)
        self.put(replace(self.case, open_tasks=left))
        now = self.opened.books.now
        done = replace(task, status=TaskStatus.DONE, outcome=outcome, done_at=now)
        return [changing(task, done, self.opened.books.change)]

    def pass_task_on(self, assignee: str | None) -> list[Write[Record]]:
        """Return the write that gives the open task about it to somebody else."""
        task = self._open_task()
        if task is None:
            return []
        return [changing(task, replace(task, assignee=assignee), self.opened.books.change)]

    def new_task(self, reason: str) -> Write[Task]:
        """Put a task for the assignee on the case, and return its write.

        Its id follows from the dispute's version, so whoever makes it again makes the same.
        """
        dispute, now = self.dispute, self.opened.books.now
        own = ids.part(now, ids.meaning(dispute.id, str(dispute.version), reason))
        task = Task(
            id=ids.child_id(ids.TASK, dispute.customer_id, own),
            tenant=dispute.tenant,
            customer_id=dispute.customer_id,
            case_id=self.case.id,
            step=DISPUTE,
            do=DISPUTE,
            reason=reason,
            created_at=now,
            assignee=dispute.assignee,
        )
        self.put(replace(self.case, open_tasks=(*self.case.open_tasks, task.id)))
        return creating(task, self.opened.books.change)

    def _open_task(self) -> Task | None:
        known = self.dispute.task
        task = self.opened.ports.ledger.task(self.dispute.tenant, known) if known else None
        return task if task and task.status is TaskStatus.OPEN else None


@dataclass(frozen=True, slots=True)
class Edited:
    """What becomes of a dispute, and what else is written with it."""

    dispute: Dispute
    more: Sequence[Write[Record]] = ()


Edit = Callable[[Disputed], Edited]


def change_dispute(
    ports: Ports, tenant: Tenant, change: Change, dispute_id: str, edit: Edit
) -> Dispute:
    """Write what an edit makes of a dispute and its case; the same again writes nothing.

    Raises NotFoundError, and what the edit raises.
    """

    def attempt() -> Dispute:
        before = load_dispute(ports, tenant, dispute_id)
        opened = open_books(ports, tenant, change, before.customer_id)
        opened.load([before.invoice_id])
        disputed = Disputed(before, opened)
        edited = edit(disputed)
        if edited.dispute == before:
            return before
        write = disputed.write(edited.dispute)
        ports.ledger.commit([write, *edited.more, *opened.close()])
        return write.after

    return retrying(attempt)


def still_open(disputed: Disputed) -> Dispute:
    """Return the dispute. Raises DisputeNotOpenError where it has ended, or is about to."""
    dispute = disputed.dispute
    if not dispute.is_open:
        raise DisputeNotOpenError(f"The dispute is {dispute.status}.")
    if not disputed.case.is_open:
        raise DisputeNotOpenError(f"The invoice is {disputed.case.closed_reason}.")
    return dispute


def check_deadline(deadline: date, today: date) -> None:
    """Raise InvalidError for a deadline that is past, or further ahead than LONGEST."""
    if not today <= deadline <= today + LONGEST:
        detail = f"must be between today, {today}, and {today + LONGEST}"
        fault = FieldError("/deadline", detail)
        raise InvalidError("The deadline isn't possible.", fields=(fault,))
