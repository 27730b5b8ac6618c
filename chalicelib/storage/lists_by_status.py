"""Lists of what has a status: one list for each, merged by time where all are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.dispute import Dispute, DisputeStatus
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment_plan import PaymentPlan, PlanStatus
from chalicelib.domain.promise import Promise, PromiseStatus
from chalicelib.domain.service import Service, ServiceStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor, Page
from chalicelib.storage import keys
from chalicelib.storage.lists import Lists, of_status
from chalicelib.storage.strands import Strand

T = TypeVar("T")

_BY_STATUS: dict[type, tuple[str, str, Callable[[Tenant, str], str], Iterable[str]]] = {
    Invoice: (ids.INVOICE, keys.INVOICE, keys.invoices_list, InvoiceStatus),
    Task: (ids.TASK, keys.TASK, keys.tasks_list, TaskStatus),
    Dispute: (ids.DISPUTE, keys.DISPUTE, keys.disputes_list, DisputeStatus),
    Service: (ids.SERVICE, keys.SERVICE, keys.services_list, ServiceStatus),
    Promise: (ids.PROMISE, keys.PROMISE, keys.promises_list, PromiseStatus),
    PaymentPlan: (ids.PAYMENT_PLAN, keys.PAYMENT_PLAN, keys.payment_plans_list, PlanStatus),
}
"""What has a list for each of its statuses: prefixes of ids and sort keys, its lists, statuses."""


class ListsByStatus(Lists):
    """The lists by status of the Ledger port on DynamoDB."""

    def invoices_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Invoice]:
        return self._by_status(Invoice, tenant, cursor, status, customer_id)

    def tasks_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Task]:
        return self._by_status(Task, tenant, cursor, status, customer_id)

    def disputes_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Dispute]:
        return self._by_status(Dispute, tenant, cursor, status, customer_id)

    def services_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Service]:
        return self._by_status(Service, tenant, cursor, status, customer_id)

    def promises_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Promise]:
        return self._by_status(Promise, tenant, cursor, status, customer_id)

    def payment_plans_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[PaymentPlan]:
        return self._by_status(PaymentPlan, tenant, cursor, status, customer_id)

    def _by_status(
        self,
        kind: type[T],
        tenant: Tenant,
        cursor: Cursor,
        status: str | None,
        customer_id: str | None,
    ) -> Page[T]:
        prefix, sort, list_of, statuses = _BY_STATUS[kind]
        if customer_id is not None:
            strands = [Strand(keys.partition(tenant, customer_id), sort)]
            return self._of_customer(kind, strands, cursor, prefix, status)
        wanted = statuses if status is None else (status,)
        strands = [Strand(list_of(tenant, each)) for each in wanted]
        found = self._listed(strands, cursor, prefix)
        records = self._records(kind, found.data, consistent=False)
        return Page(of_status(records, status), found.has_more)
