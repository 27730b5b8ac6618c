"""Single records by their ids, all strongly consistent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.storage import Record
from chalicelib.storage import keys
from chalicelib.storage.keys import Key
from chalicelib.storage.lists_by_status import ListsByStatus
from chalicelib.storage.mapping import from_record

R = TypeVar("R", bound=Record)


class Singles(ListsByStatus):
    """What the Ledger port finds by id on DynamoDB."""

    def customer(self, tenant: Tenant, customer_id: str) -> Customer | None:
        return self._find(Customer, tenant, ids.CUSTOMER, customer_id)

    def invoice(self, tenant: Tenant, invoice_id: str) -> Invoice | None:
        return self._find(Invoice, tenant, ids.INVOICE, invoice_id)

    def invoices(self, tenant: Tenant, invoice_ids: Iterable[str]) -> dict[str, Invoice]:
        wanted = [
            keys.child(tenant, ids.INVOICE, each)
            for each in invoice_ids
            if keys.names(ids.INVOICE, each)
        ]
        return {each.id: each for each in self._records(Invoice, wanted, consistent=True)}

    def case(self, tenant: Tenant, case_id: str) -> Case | None:
        return self.cases(tenant, [case_id]).get(case_id)

    def cases(self, tenant: Tenant, case_ids: Iterable[str]) -> dict[str, Case]:
        wanted = [each for each in case_ids if keys.names(ids.CASE, each)]
        return self._cases(tenant, wanted, consistent=True)

    def payment(self, tenant: Tenant, payment_id: str) -> Payment | None:
        return self._find(Payment, tenant, ids.PAYMENT, payment_id)

    def credit_note(self, tenant: Tenant, credit_note_id: str) -> CreditNote | None:
        return self._find(CreditNote, tenant, ids.CREDIT_NOTE, credit_note_id)

    def charge(self, tenant: Tenant, charge_id: str) -> Charge | None:
        return self._find(Charge, tenant, ids.CHARGE, charge_id)

    def promise(self, tenant: Tenant, promise_id: str) -> Promise | None:
        return self._find(Promise, tenant, ids.PROMISE, promise_id)

    def payment_plan(self, tenant: Tenant, plan_id: str) -> PaymentPlan | None:
        return self._find(PaymentPlan, tenant, ids.PAYMENT_PLAN, plan_id)

    def communication(self, tenant: Tenant, communication_id: str) -> Communication | None:
        return self._find(Communication, tenant, ids.COMMUNICATION, communication_id)

    def task(self, tenant: Tenant, task_id: str) -> Task | None:
        return self._find(Task, tenant, ids.TASK, task_id)

    def dispute(self, tenant: Tenant, dispute_id: str) -> Dispute | None:
        return self._find(Dispute, tenant, ids.DISPUTE, dispute_id)

    def service(self, tenant: Tenant, service_id: str) -> Service | None:
        return self._find(Service, tenant, ids.SERVICE, service_id)

    def test_clock(self, tenant: Tenant, clock_id: str) -> TestClock | None:
        return self._get(TestClock, keys.test_clock(tenant, clock_id))

    def _find(self, kind: type[R], tenant: Tenant, prefix: str, identifier: str) -> R | None:
        """Return a record by its id; what isn't shaped like one isn't there."""
        if not keys.names(prefix, identifier):
            return None
        return self._get(kind, keys.child(tenant, prefix, identifier))

    def _get(self, kind: type[R], key: Key) -> R | None:
        item = self._table.get(key)
        record = from_record(item) if item else None
        return record if isinstance(record, kind) else None
