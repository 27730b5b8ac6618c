"""Payment plans. What they cover is written as promises write it."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.money import currency
from chalicelib.domain.payment_plan import PaymentPlan, PlanEnd, PlanStatus
from chalicelib.storage import keys
from chalicelib.storage.items import PaymentPlanItem
from chalicelib.storage.mapping.common import change_of, read_version, stamp, write_version
from chalicelib.storage.mapping.promise import read_covered, write_covered


def to_record(plan: PaymentPlan) -> PaymentPlanItem:
    """Return the item of a payment plan."""
    return PaymentPlanItem(
        **stamp(plan, keys.child(plan.tenant, ids.PAYMENT_PLAN, plan.id)),
        list_pk=keys.payment_plans_list(plan.tenant, plan.status),
        list_sk=keys.position(ids.PAYMENT_PLAN, plan.id),
        currency=plan.currency.code,
        planned=plan.planned,
        instalments=plan.instalments,
        covered=tuple(write_covered(each) for each in plan.covered),
        sequence=write_version(plan.sequence),
        until=plan.until,
        created_at=plan.created_at,
        has_deposit=plan.has_deposit or None,
        fee=plan.fee or None,
        grace_days=plan.grace_days,
        broken_after=plan.broken_after,
        status=plan.status,
        paid=plan.paid or None,
        over=plan.over or None,
        received=plan.received or None,
        ended_by=plan.ended_by,
        ended_at=plan.ended_at,
        replaces=plan.replaces,
        taken_by=plan.taken_by,
        note=plan.note,
        request=plan.request,
    )


def from_record(item: PaymentPlanItem) -> PaymentPlan:
    """Return the payment plan of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return PaymentPlan(
        id=keys.identifier(ids.PAYMENT_PLAN, item.key),
        tenant=tenant,
        customer_id=customer_id,
        currency=currency(item.currency),
        planned=item.planned,
        instalments=item.instalments,
        covered=tuple(read_covered(line, customer_id) for line in item.covered),
        sequence=read_version(item.sequence),
        until=item.until,
        created_at=item.created_at,
        has_deposit=bool(item.has_deposit),
        fee=item.fee or 0,
        grace_days=item.grace_days,
        broken_after=item.broken_after,
        status=PlanStatus(item.status),
        paid=item.paid or 0,
        over=item.over or 0,
        received=item.received or 0,
        ended_by=PlanEnd(item.ended_by) if item.ended_by else None,
        ended_at=item.ended_at,
        replaces=item.replaces,
        taken_by=item.taken_by,
        note=item.note,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )
