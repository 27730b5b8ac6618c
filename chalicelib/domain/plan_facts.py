"""Which events a change of a payment plan is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.payment_plan import PaymentPlan

Named = Iterator[tuple[str, dict[str, Any]]]


def plan(before: PaymentPlan | None, after: PaymentPlan) -> Named:
    """Yield what became of a plan. An instalment that came late was missed, and is paid then."""
    data: dict[str, Any] = {
        "amount": after.planned,
        "currency": after.currency.code,
        "invoices": list(after.invoices),
        "instalments": [
            {"date": each.day.isoformat(), "amount": each.amount} for each in after.instalments
        ],
    }
    if before is None:
        yield "plan.made", data | ({"replaces": after.replaces} if after.replaces else {})
        return
    told = {
        **data,
        "amount_received": after.received,
        "instalments_paid": after.paid,
        "instalments_missed": after.missed,
    }
    if before.paid < after.paid:
        yield "plan.instalment_paid", told
    if before.over < after.over and after.missed:
        yield "plan.instalment_missed", told
    if before.status is not after.status:
        yield f"plan.{after.status.value}", {**told, "ended_by": after.ended_by}
