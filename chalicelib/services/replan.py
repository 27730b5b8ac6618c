"""Agree on another schedule: a new plan takes over what an active one has left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.plan_errors import PlanNotActiveError
from chalicelib.services.common import load_payment_plan
from chalicelib.services.take_plan import NewPlan, take_plan

if TYPE_CHECKING:
    from chalicelib.domain.customer import Change
    from chalicelib.domain.instalments import EqualInstalments
    from chalicelib.domain.payment_plan import Instalment, PaymentPlan
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.all import Ports
    from chalicelib.services.once import Mark


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """The instalments from now on (None of grace_days and broken_after: as before)."""

    instalments: tuple[Instalment, ...] | EqualInstalments
    grace_days: int | None = None
    broken_after: int | None = None
    taken_by: str | None = None
    note: str | None = None


def replan(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    plan_id: str,
    wanted: NewSchedule,
    *,
    once: Mark | None = None,
) -> PaymentPlan:
    """Return the new plan, of those of the old one's invoices that are still owed.

    What was paid stays paid, so the new instalments are of the rest. The sequence that chases them
    stays in the version that there was. Raises what `take_plan` raises.
    """
    before = load_payment_plan(ports, tenant, plan_id)
    found = ports.ledger.invoices(tenant, before.invoices)
    still_open = tuple(each for each in before.invoices if each in found and found[each].is_open)
    if not still_open:
        raise PlanNotActiveError(f"The payment plan is {before.status}.")
    order = NewPlan(
        invoices=still_open,
        currency=before.currency,
        instalments=wanted.instalments,
        grace_days=before.grace_days if wanted.grace_days is None else wanted.grace_days,
        broken_after=before.broken_after if wanted.broken_after is None else wanted.broken_after,
        taken_by=wanted.taken_by,
        note=wanted.note,
    )
    return take_plan(ports, tenant, change, order, once=once, instead_of=plan_id)
