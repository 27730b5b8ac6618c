"""Payment plans."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.payment_plan import Instalment, PaymentPlan, PlanStatus
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import (
    DateText,
    Timestamp,
    timestamp,
    timestamp_or_none,
)

EndedByText = Literal[
    "paid", "missed", "cancelled", "replanned", "disputed", "credited", "void", "written_off"
]


class InstalmentShape(TypedDict):
    """How much is to come by a day of the customer's, and how that stands. A `missed` one that
    comes later is `paid`; what is still to come when a plan ends is `cancelled`."""

    date: DateText
    amount: int
    status: Literal["open", "paid", "missed", "cancelled"]
    is_deposit: bool


class PaymentPlanShape(TypedDict):
    """A payment plan. `amount` is what is planned in all, the `fee` included, `amount_received`
    what came in on its invoices since. `judged_at` is when the next instalment counts as missed.
    `replaces` is the plan whose rest this one took over."""

    id: str
    object: Literal["payment_plan"]
    livemode: bool
    customer: str
    status: Literal["active", "completed", "broken", "cancelled"]
    ended_by: EndedByText | None
    currency: str
    amount: int
    amount_received: int
    fee: int
    instalments: list[InstalmentShape]
    instalments_missed: int
    invoices: list[str]
    grace_days: int
    broken_after: int
    sequence: str
    sequence_version: int
    replaces: str | None
    taken_by: str | None
    note: str | None
    judged_at: Timestamp | None
    created_at: Timestamp
    ended_at: Timestamp | None


def payment_plan_shape(plan: PaymentPlan) -> PaymentPlanShape:
    """Write a payment plan."""
    return PaymentPlanShape(
        id=plan.id,
        object="payment_plan",
        livemode=plan.tenant.mode is Mode.LIVE,
        customer=plan.customer_id,
        status=plan.status.value,
        ended_by=plan.ended_by.value if plan.ended_by else None,
        currency=plan.currency.code,
        amount=plan.planned,
        amount_received=plan.received,
        fee=plan.fee,
        instalments=[_instalment(plan, *each) for each in enumerate(plan.instalments)],
        instalments_missed=plan.missed,
        invoices=list(plan.invoices),
        grace_days=plan.grace_days,
        broken_after=plan.broken_after,
        sequence=plan.sequence[0],
        sequence_version=plan.sequence[1],
        replaces=plan.replaces,
        taken_by=plan.taken_by,
        note=plan.note,
        judged_at=timestamp(plan.until) if plan.is_open else None,
        created_at=timestamp(plan.created_at),
        ended_at=timestamp_or_none(plan.ended_at),
    )


def _instalment(plan: PaymentPlan, index: int, instalment: Instalment) -> InstalmentShape:
    return InstalmentShape(
        date=instalment.day.isoformat(),
        amount=instalment.amount,
        status=_status(plan, index),
        is_deposit=plan.has_deposit and index == 0,
    )


def _status(plan: PaymentPlan, index: int) -> Literal["open", "paid", "missed", "cancelled"]:
    if index < plan.paid:
        return "paid"
    if index < plan.over:
        return "missed"
    return "open" if plan.status is PlanStatus.ACTIVE else "cancelled"
