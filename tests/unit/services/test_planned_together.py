"""Payment plans over several invoices: what holds one of them back holds for the instalment."""

from __future__ import annotations

import pytest

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment_plan import PaymentPlan, PlanStatus
from chalicelib.ports.payments import ProviderState
from tests.plan_deeds import agree, free, now_of
from tests.world import World


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoices(world: World) -> tuple[Invoice, Invoice]:
    """The second one chases the instalments, so the first one doesn't."""
    second = world.post("R-2", due="2026-01-18", amount=50_00)
    return world.post("R-1", due="2026-01-15"), second


@pytest.fixture
def plan(world: World, invoices: tuple[Invoice, Invoice]) -> PaymentPlan:
    days = free(d2026_02_02=100_00, d2026_03_02=50_00)
    return agree(world, *invoices, broken_after=1, instalments=days)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ProviderState.SUCCEEDED, PlanStatus.ACTIVE),
        (ProviderState.FAILED, PlanStatus.BROKEN),
    ],
)
def test_money_on_its_way_for_any_of_its_invoices_is_waited_for(
    world: World,
    invoices: tuple[Invoice, Invoice],
    plan: PaymentPlan,
    state: ProviderState,
    status: PlanStatus,
):
    world.until("2026-02-01 12:00")
    debit = world.hear(world.card(invoices[0], 100_00, state=ProviderState.PROCESSING))
    world.until("2026-02-12 12:00")
    assert now_of(world, plan).status is PlanStatus.ACTIVE
    kind = "succeeded" if state is ProviderState.SUCCEEDED else "payment_failed"
    world.hear(world.later(debit, f"payment_intent.{kind}", state=state))
    world.until("2026-02-13 12:00")
    assert now_of(world, plan).status is status
