"""Call a payment plan off: its cases are followed up again; what was paid stays paid."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change
from chalicelib.domain.payment_plan import PaymentPlan, PlanEnd, PlanStatus, ended
from chalicelib.domain.plan_errors import PlanNotActiveError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import changing, load_payment_plan, retrying
from chalicelib.services.judge_plans import release_from


def cancel_plan(
    ports: Ports, tenant: Tenant, change: Change, plan_id: str, *, reason: str | None = None
) -> PaymentPlan:
    """End an active plan; one that is called off already stays as it is.

    `reason` is why, for the audit trail. Raises NotFoundError, PlanNotActiveError.
    """

    def attempt() -> PaymentPlan:
        before = load_payment_plan(ports, tenant, plan_id)
        if before.ended_by is PlanEnd.CANCELLED:
            return before
        if not before.is_open:
            raise PlanNotActiveError(f"The payment plan is {before.status}.")
        opened = open_books(ports, tenant, change, before.customer_id)
        release_from(opened, before)
        now = opened.books.now
        because = replace(change, why=reason or change.why).when(now)
        after = ended(before, PlanStatus.CANCELLED, PlanEnd.CANCELLED, now)
        write = changing(before, after, because)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)
