"""The lists of the one table, newest first unless said otherwise: not strongly consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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
    from chalicelib.ports.storage import Cursor, Page

LOOKED_THROUGH = 1000
"""How many events a page of one type looks through at most."""


class Lists(Protocol):
    """What is listed, of a tenant or of one customer, where wanted of one status."""

    def customers_page(self, tenant: Tenant, cursor: Cursor) -> Page[Customer]:
        """Return customers, found through the events that tell of new ones (facts.event_of_new)."""

    def invoices_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Invoice]: ...
    def cases_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Case]: ...
    def payments_of(self, tenant: Tenant, customer_id: str) -> tuple[Payment, ...]:
        """Return a customer's payments, earliest created first."""

    def credit_notes_of(self, tenant: Tenant, customer_id: str) -> tuple[CreditNote, ...]:
        """Return a customer's credit notes, earliest created first."""

    def charges_of(self, tenant: Tenant, customer_id: str) -> tuple[Charge, ...]:
        """Return a customer's charges, waivers among them, earliest created first; strong."""

    def tasks_of(self, tenant: Tenant, customer_id: str) -> tuple[Task, ...]:
        """Return a customer's tasks, open or done, earliest created first."""

    def communications_page(
        self, tenant: Tenant, cursor: Cursor, *, customer_id: str | None = None
    ) -> Page[Communication]:
        """Return messages of one customer, or of the tenant (found as its customers are)."""

    def tasks_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Task]: ...
    def disputes_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Dispute]: ...
    def services_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Service]: ...
    def promises_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Promise]: ...
    def payment_plans_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[PaymentPlan]: ...
    def events_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        customer_id: str | None = None,
        of_type: str | None = None,
    ) -> Page[Event]:
        """Return the feed of the tenant, or the timeline of one customer.

        With `of_type`, those of that type among the next LOOKED_THROUGH, however few they are.
        """
