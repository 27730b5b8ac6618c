"""What stories and tests do with payment plans."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.domain.case import PauseKind
from chalicelib.domain.instalments import EqualInstalments, Interval
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment_plan import (
    USUAL_GRACE_DAYS,
    USUALLY_BROKEN_AFTER,
    Instalment,
    PaymentPlan,
)
from chalicelib.ports.storage import Cursor
from chalicelib.services.cancel_plan import cancel_plan
from chalicelib.services.replan import NewSchedule, replan
from chalicelib.services.take_plan import NewPlan, take_plan
from tests.deeds import OFFICE, Deeds
from tests.world import World


def free(**days: int) -> tuple[Instalment, ...]:
    """Return instalments: minor units by day, written as `d2026_02_01=50_00`."""
    return tuple(
        Instalment(date.fromisoformat(day[1:].replace("_", "-")), amount)
        for day, amount in days.items()
    )


def monthly(first: str, count: int) -> EqualInstalments:
    """Return so many equal instalments, a month apart."""
    return EqualInstalments(date.fromisoformat(first), Interval.MONTH, count)


def agree(
    world: Deeds,
    *invoices: Invoice,
    instalments: tuple[Instalment, ...] | EqualInstalments,
    **facts: Any,
) -> PaymentPlan:
    """Agree on a plan over invoices."""
    order = NewPlan(
        invoices=tuple(each.id for each in invoices),
        currency=invoices[0].currency,
        instalments=instalments,
        grace_days=facts.pop("grace_days", USUAL_GRACE_DAYS),
        broken_after=facts.pop("broken_after", USUALLY_BROKEN_AFTER),
        **facts,
    )
    return take_plan(world.ports, world.tenant, OFFICE, order)


def agree_anew(
    world: Deeds, plan: PaymentPlan, instalments: tuple[Instalment, ...] | EqualInstalments
) -> PaymentPlan:
    """Agree on another schedule for the rest."""
    return replan(world.ports, world.tenant, OFFICE, plan.id, NewSchedule(instalments))


def call_off(world: Deeds, plan: PaymentPlan) -> PaymentPlan:
    """Let a plan be called off."""
    return cancel_plan(world.ports, world.tenant, OFFICE, plan.id)


def now_of(world: Deeds, plan: PaymentPlan) -> PaymentPlan:
    """Return the plan as it stands now."""
    found = world.ledger.payment_plan(plan.tenant, plan.id)
    assert found is not None
    return found


def pauses(world: World, invoice: Invoice) -> list[PauseKind]:
    return [each.kind for each in world.case(invoice).pauses]


def told(world: World) -> list[str]:
    """Return of each message to the customer its day, what it is and what it asks for."""
    log = world.ledger.communications_page(world.tenant, Cursor(100)).data
    return [
        " ".join((f"{each.created_at:%m-%d}", each.template, *map(str, each.amounts.values())))
        for each in sorted(log, key=lambda each: each.created_at)
    ]
