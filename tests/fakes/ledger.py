"""The one table in memory: as strict about versions, references and atomicity as the real one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.due import due_partition
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.storage import (
    Record,
    Reference,
    TransactionTooLargeError,
    Write,
    WriteConflictError,
    check_versions,
)
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS, items_written
from tests.fakes.lists import InMemoryLists
from tests.fakes.memory import (
    InMemoryConfiguration,
    InMemoryDueIndex,
)
from tests.fakes.references import InMemoryReferences
from tests.fakes.whole_files import InMemoryWholeFiles

R = TypeVar("R", bound=Record)


class InMemoryLedger(
    InMemoryLists, InMemoryDueIndex, InMemoryConfiguration, InMemoryWholeFiles, InMemoryReferences
):
    """Ledger, DueIndex and Configuration at once.

    `changes` are the committed (before, after) pairs in order, as the table's stream tells them;
    `on_change` are called with each pair once the whole commit is visible. `unreadable` are the ids
    of records that can't be made out.
    """

    def __init__(self, *, shards: int = 8) -> None:
        InMemoryDueIndex.__init__(self)
        InMemoryConfiguration.__init__(self)
        InMemoryReferences.__init__(self)
        InMemoryWholeFiles.__init__(self)
        self.changes: list[tuple[Record | None, Record]] = []
        self.on_change: list[Callable[[Record | None, Record], None]] = []
        self._shards = shards
        self._lock = Lock()
        self._records: dict[tuple[str, str], Record] = {}
        self._partitions: dict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
        self._files: dict[tuple[str, str], dict[str, Case]] = defaultdict(dict)

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        customer = self.customer(tenant, customer_id)
        if customer is None:
            return None
        cases = self._files[tenant.key, customer_id]
        self.make_out(*cases)
        return CustomerFile(
            customer=customer,
            cases=tuple(cases[key] for key in sorted(cases)),
            lost=self._lost.get((tenant.key, customer_id)),
        )

    def customer(self, tenant: Tenant, customer_id: str) -> Customer | None:
        return self._get(Customer, tenant, customer_id)

    def invoice(self, tenant: Tenant, invoice_id: str) -> Invoice | None:
        return self._get(Invoice, tenant, invoice_id)

    def invoices(self, tenant: Tenant, invoice_ids: Iterable[str]) -> dict[str, Invoice]:
        found = {each: self.invoice(tenant, each) for each in invoice_ids}
        return {each: invoice for each, invoice in found.items() if invoice}

    def case(self, tenant: Tenant, case_id: str) -> Case | None:
        return self._get(Case, tenant, case_id)

    def cases(self, tenant: Tenant, case_ids: Iterable[str]) -> dict[str, Case]:
        found = {each: self.case(tenant, each) for each in case_ids}
        return {each: case for each, case in found.items() if case}

    def payment(self, tenant: Tenant, payment_id: str) -> Payment | None:
        return self._get(Payment, tenant, payment_id)

    def credit_note(self, tenant: Tenant, credit_note_id: str) -> CreditNote | None:
        return self._get(CreditNote, tenant, credit_note_id)

    def charge(self, tenant: Tenant, charge_id: str) -> Charge | None:
        return self._get(Charge, tenant, charge_id)

    def promise(self, tenant: Tenant, promise_id: str) -> Promise | None:
        return self._get(Promise, tenant, promise_id)

    def payment_plan(self, tenant: Tenant, plan_id: str) -> PaymentPlan | None:
        return self._get(PaymentPlan, tenant, plan_id)

    def communication(self, tenant: Tenant, communication_id: str) -> Communication | None:
        return self._get(Communication, tenant, communication_id)

    def task(self, tenant: Tenant, task_id: str) -> Task | None:
        return self._get(Task, tenant, task_id)

    def dispute(self, tenant: Tenant, dispute_id: str) -> Dispute | None:
        return self._get(Dispute, tenant, dispute_id)

    def service(self, tenant: Tenant, service_id: str) -> Service | None:
        return self._get(Service, tenant, service_id)

    def event(self, tenant: Tenant, event_id: str) -> Event | None:
        return self._events[tenant.key].get(event_id)

    def test_clock(self, tenant: Tenant, clock_id: str) -> TestClock | None:
        return self._get(TestClock, tenant, clock_id)

    def commit(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        for write in writes:
            check_versions(write)
        if items_written(writes) + len(references) + len(released) > MAX_TRANSACTION_ITEMS:
            raise TransactionTooLargeError
        with self._lock:
            self._check_free(references)
            self._check_ours(released)
            for write in writes:
                self._check_stored(write)
            self._exchange(references, released)
            for write in writes:
                self._store(write)
        self._tell(writes)

    def append(self, communication: Communication) -> bool:
        with self._lock:
            if (communication.tenant.key, communication.id) in self._records:
                return False
            write: Write[Record] = Write(None, communication)
            self._store(write)
        self._tell([write])
        return True

    def _get(self, kind: type[R], tenant: Tenant, identifier: str) -> R | None:
        self.make_out(identifier)
        record = self._records.get((tenant.key, identifier))
        return record if isinstance(record, kind) else None

    def _check_stored(self, write: Write[Record]) -> None:
        stored = self._records.get((write.after.tenant.key, write.after.id))
        expected = write.before.version if write.before else None
        if (stored.version if stored else None) != expected:
            raise WriteConflictError(write.after.id)

    def _store(self, write: Write[Record]) -> None:
        record = write.after
        self._records[record.tenant.key, record.id] = record
        if isinstance(record, TestClock):
            return
        owner = record.id if isinstance(record, Customer) else ids.owner_of(record.id)
        self._partitions[record.tenant.key, owner][record.id] = record
        if isinstance(record, Case):
            self._store_case(record)

    def _store_case(self, case: Case) -> None:
        file = self._files[case.tenant.key, case.customer_id]
        if case.is_unfinished:
            file[case.id] = case
        else:
            file.pop(case.id, None)
        where = due_partition(case.tenant, case.customer_id, case.test_clock, shards=self._shards)
        self.set_due(where, case)

    def _tell(self, writes: Sequence[Write[Record]]) -> None:
        pairs = [(write.before, write.after) for write in writes]
        self.changes.extend(pairs)
        for before, after in pairs:
            for listener in self.on_change:
                listener(before, after)
