"""What was agreed with customers, as the one table keeps it: promises and payment plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.payment_plan import PaymentPlan
    from chalicelib.domain.promise import Promise
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.storage import Cursor, Page


class Agreements(Protocol):
    """Reads of single records are strongly consistent; lists are not."""

    def promise(self, tenant: Tenant, promise_id: str) -> Promise | None: ...
    def promises_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Promise]: ...
    def payment_plan(self, tenant: Tenant, plan_id: str) -> PaymentPlan | None: ...
    def payment_plans_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[PaymentPlan]: ...
