"""Payment plans over several invoices: what holds one of them back holds for the instalment."""

from __future__ import annotations

import pytest

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment_plan import PaymentPlan, PlanStatus
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import Cursor
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


def reminders(world: World) -> list[str]:
    """Return the days of the messages about instalments."""
    log = world.ledger.communications_page(world.tenant, Cursor(100)).data
    return sorted(f"{each.created_at:%m-%d}" for each in log if each.template == "instalment")


def test_nobody_is_reminded_while_money_for_any_of_its_invoices_is_on_its_way(
    world: World, invoices: tuple[Invoice, Invoice], plan: PaymentPlan
):
    world.until("2026-01-29 12:00")
    debit = world.hear(world.card(invoices[0], 100_00, state=ProviderState.PROCESSING))
    world.until("2026-02-04 12:00")
    assert reminders(world) == []
    world.hear(world.later(debit, "payment_intent.payment_failed", state=ProviderState.FAILED))
    world.until("2026-02-05 12:00")
    assert reminders(world) == ["02-04"]
    assert now_of(world, plan).is_open


def test_a_hold_on_any_of_its_invoices_holds_the_reminders_back(
    world: World, invoices: tuple[Invoice, Invoice], plan: PaymentPlan
):
    world.hold(invoices[0])
    world.until("2026-02-04 12:00")
    assert reminders(world) == []
    world.release(invoices[0])
    world.until("2026-02-05 12:00")
    assert reminders(world) == ["02-04"]
    assert now_of(world, plan).is_open


def test_a_chargeback_on_any_of_its_invoices_holds_the_reminders_back(world: World):
    second = world.post("R-2", due="2026-01-18", amount=50_00)
    first = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(first, 40_00))
    agree(world, first, second, instalments=free(d2026_02_02=60_00, d2026_03_02=50_00))
    world.hear(world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=40_00))
    world.until("2026-02-03 12:00")
    assert reminders(world) == []
