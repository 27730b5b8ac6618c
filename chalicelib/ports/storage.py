"""The one table: single records, files, lists and events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.domain.whole_file import FiledRecord, WholeFile
from chalicelib.ports.filed import Filed
from chalicelib.ports.lists import Lists

Record = FiledRecord | TestClock
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Write(Generic[R_co]):
    """Replace `before` (None: there is none yet) by `after`. The versions follow each other."""

    before: R_co | None
    after: R_co


@dataclass(frozen=True, slots=True)
class Reference:
    """A value and the id of what has it: unique within a tenant, unless it is `shared`."""

    tenant: Tenant
    kind: str
    value: str
    target: str
    shared: bool = False


class WriteConflictError(Exception):
    """A record was changed in between, or exists already; nothing was written."""


class ReferenceTakenError(Exception):
    """A unique value belongs to something else; nothing was written."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(f"{reference.kind} {reference.value!r} is taken")
        self.reference = reference


class TransactionTooLargeError(Exception):
    """More than MAX_TRANSACTION_ITEMS items in one commit; nothing was written."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list page begins: `limit` items older than `after`, or newer than `before`."""

    limit: int
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """A page of a list, newest first. `has_more` looks in the direction of the cursor.

    `searched_to` is where the next one goes on if this one looked for one type of event.
    """

    data: tuple[R_co, ...]
    has_more: bool
    searched_to: str | None = None


def check_versions(write: Write[Record]) -> None:
    """Raise ValueError where a write's two sides aren't one record at following versions."""
    before, after = write.before, write.after
    if after.version != (before.version if before else 0) + 1:
        raise ValueError(f"the versions of {after.id} don't follow each other")
    if before and (before.id, before.tenant) != (after.id, after.tenant):
        raise ValueError(f"{after.id} isn't {before.id}")


class Ledger(Lists, Protocol):
    """The one table. Reads of single records and files are strongly consistent; lists are not.

    Whatever is wrong with a stored record, reading it raises UnreadableRecordError.
    """

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        """Return customer and unfinished cases in one query."""

    def mark_lost(self, tenant: Tenant, customer_id: str, lost: LostStretch) -> None:
        """Let the customer's file say that the stretch has to be lived through; it isn't read.

        Joined with a stretch that it says already.
        """

    def unmark_lost(self, tenant: Tenant, customer_id: str) -> None:
        """Let the file say so no longer."""

    def whole_file(self, tenant: Tenant, customer_id: str) -> WholeFile | None:
        """Return all that is stored of a customer, by one strong query (no job of a request)."""

    def filed(
        self, tenant: Tenant, customer_id: str, *, after: str | None, limit: int
    ) -> tuple[Filed, ...]:
        """Return what stands in a customer's file beyond a position, events included, in a steady
        order; fewer than `limit` where that was all. Strongly consistent.

        What moves meanwhile (a case that finishes) may be missed: whoever must have all of it goes
        through the file until nothing is new.
        """

    def customer(self, tenant: Tenant, customer_id: str) -> Customer | None: ...
    def invoice(self, tenant: Tenant, invoice_id: str) -> Invoice | None: ...
    def invoices(self, tenant: Tenant, invoice_ids: Iterable[str]) -> dict[str, Invoice]: ...
    def case(self, tenant: Tenant, case_id: str) -> Case | None:
        """Return a case, open or closed."""

    def cases(self, tenant: Tenant, case_ids: Iterable[str]) -> dict[str, Case]: ...
    def payment(self, tenant: Tenant, payment_id: str) -> Payment | None: ...
    def credit_note(self, tenant: Tenant, credit_note_id: str) -> CreditNote | None: ...
    def charge(self, tenant: Tenant, charge_id: str) -> Charge | None: ...
    def promise(self, tenant: Tenant, promise_id: str) -> Promise | None: ...
    def payment_plan(self, tenant: Tenant, plan_id: str) -> PaymentPlan | None: ...
    def communication(self, tenant: Tenant, communication_id: str) -> Communication | None: ...
    def task(self, tenant: Tenant, task_id: str) -> Task | None: ...
    def dispute(self, tenant: Tenant, dispute_id: str) -> Dispute | None: ...
    def service(self, tenant: Tenant, service_id: str) -> Service | None: ...
    def event(self, tenant: Tenant, event_id: str) -> Event | None: ...
    def test_clock(self, tenant: Tenant, clock_id: str) -> TestClock | None: ...
    def reference(self, tenant: Tenant, kind: str, value: str) -> str | None:
        """Return the target of a unique value."""

    def sharing(self, tenant: Tenant, kind: str, value: str) -> tuple[str, ...]:
        """Return the targets of a shared value, in order; strong."""

    def commit(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        """Write all or nothing; `released` unique values are free again with it.

        Every `before` must still be stored with its version, and what has none must not exist.
        Raises WriteConflictError, ReferenceTakenError (whose reference holds the present target;
        it goes before the other where both are so) or TransactionTooLargeError. A reference that
        has that target already is no error. One write without references is a plain conditional
        put; more are one transaction. A case that is finished or reopened moves between working
        file and archive.
        """

    def append(self, communication: Communication) -> bool:
        """Put a communication. False where one of that id is there already; it stays as it is."""

    def due_cases(self, tenant: Tenant, customer_id: str, until: datetime) -> tuple[str, ...]:
        """Return which of a customer's cases are due, by key and moment: no record is read."""

    def told(self, events: Iterable[Event]) -> frozenset[str]:
        """Return the ids of those events that are recorded already; strong."""

    def record_events(self, events: Iterable[Event]) -> None:
        """Put events; the same ones again change nothing."""
