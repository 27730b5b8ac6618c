"""The lists of the one table in memory."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor, Page, Record
from tests.fakes.memory import events_page, page_of, with_status

R = TypeVar("R", bound=Record)


class InMemoryLists:
    """The Ledger port's lists, on what the rest of the fake stores."""

    _records: dict[tuple[str, str], Record]
    _partitions: dict[tuple[str, str], dict[str, Record]]
    _events: dict[str, dict[str, Event]]

    def customers_page(self, tenant: Tenant, cursor: Cursor) -> Page[Customer]:
        return page_of(self._all(Customer, tenant, None), cursor, ids.CUSTOMER)

    def invoices_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Invoice]:
        return page_of(
            with_status(self._all(Invoice, tenant, customer_id), status), cursor, ids.INVOICE
        )

    def cases_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Case]:
        return page_of(with_status(self._all(Case, tenant, customer_id), status), cursor, ids.CASE)

    def payments_of(self, tenant: Tenant, customer_id: str) -> tuple[Payment, ...]:
        payments = self._all(Payment, tenant, customer_id)
        return tuple(sorted(payments, key=lambda each: (each.created_at, each.id)))

    def credit_notes_of(self, tenant: Tenant, customer_id: str) -> tuple[CreditNote, ...]:
        notes = self._all(CreditNote, tenant, customer_id)
        return tuple(sorted(notes, key=lambda each: (each.created_at, each.id)))

    def charges_of(self, tenant: Tenant, customer_id: str) -> tuple[Charge, ...]:
        charges = self._all(Charge, tenant, customer_id)
        return tuple(sorted(charges, key=lambda each: (each.created_at, each.id)))

    def communications_page(
        self, tenant: Tenant, cursor: Cursor, *, customer_id: str | None = None
    ) -> Page[Communication]:
        return page_of(self._all(Communication, tenant, customer_id), cursor, ids.COMMUNICATION)

    def tasks_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Task]:
        return page_of(with_status(self._all(Task, tenant, customer_id), status), cursor, ids.TASK)

    def disputes_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Dispute]:
        found = with_status(self._all(Dispute, tenant, customer_id), status)
        return page_of(found, cursor, ids.DISPUTE)

    def services_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Service]:
        found = with_status(self._all(Service, tenant, customer_id), status)
        return page_of(found, cursor, ids.SERVICE)

    def promises_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Promise]:
        promises = with_status(self._all(Promise, tenant, customer_id), status)
        return page_of(promises, cursor, ids.PROMISE)

    def payment_plans_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[PaymentPlan]:
        plans = with_status(self._all(PaymentPlan, tenant, customer_id), status)
        return page_of(plans, cursor, ids.PAYMENT_PLAN)

    def events_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        customer_id: str | None = None,
        of_type: str | None = None,
    ) -> Page[Event]:
        events = self._events[tenant.key].values()
        wanted = [each for each in events if customer_id in {None, ids.owner_of(each.id)}]
        return events_page(wanted, cursor, of_type)

    def _all(self, kind: type[R], tenant: Tenant, customer_id: str | None) -> list[R]:
        if customer_id is None:
            records = [each for (key, _), each in self._records.items() if key == tenant.key]
        else:
            records = list(self._partitions[tenant.key, customer_id].values())
        of_kind = [each for each in records if isinstance(each, kind)]
        self.make_out(*(each.id for each in of_kind))
        return of_kind
