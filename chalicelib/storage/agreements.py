"""What was agreed with customers, by id and in lists."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor, Page, Record
from chalicelib.storage import keys
from chalicelib.storage.keys import Key
from chalicelib.storage.lists import Lists
from chalicelib.storage.mapping import from_record

R = TypeVar("R", bound=Record)


class Agreements(Lists):
    """The Agreements port on DynamoDB, beside the other lists."""

    def promise(self, tenant: Tenant, promise_id: str) -> Promise | None:
        return self._find(Promise, tenant, ids.PROMISE, promise_id)

    def promises_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Promise]:
        return self._by_status(Promise, tenant, cursor, status, customer_id)

    def payment_plan(self, tenant: Tenant, plan_id: str) -> PaymentPlan | None:
        return self._find(PaymentPlan, tenant, ids.PAYMENT_PLAN, plan_id)

    def payment_plans_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[PaymentPlan]:
        return self._by_status(PaymentPlan, tenant, cursor, status, customer_id)

    def _find(self, kind: type[R], tenant: Tenant, prefix: str, identifier: str) -> R | None:
        """Return a record by its id; what isn't shaped like one isn't there."""
        if not keys.names(prefix, identifier):
            return None
        return self._get(kind, keys.child(tenant, prefix, identifier))

    def _get(self, kind: type[R], key: Key) -> R | None:
        item = self._table.get(key)
        record = from_record(item) if item else None
        return record if isinstance(record, kind) else None
