"""Payment plans: agreed, chased, judged with the money and in time, agreed anew, called off."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.errors import (
    DunlinError,
    InvalidError,
    InvoiceDisputedError,
    InvoiceNotOpenError,
    PromiseAlreadyOpenError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment_plan import PlanEnd, PlanStatus
from chalicelib.domain.plan_errors import (
    PlanAlreadyActiveError,
    PlanAmountsDifferError,
    PlanNotActiveError,
)
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import Cursor
from tests.plan_deeds import agree, agree_anew, call_off, free, monthly, now_of, pauses, told
from tests.world import World, somebody

ACTIVE, BROKEN, COMPLETED = PlanStatus.ACTIVE, PlanStatus.BROKEN, PlanStatus.COMPLETED
TWO = free(d2026_02_02=60_00, d2026_03_02=40_00)


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def test_who_pays_each_instalment_completes_the_plan(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    world.pay(invoice, 70_00)  # early, and more than the first
    assert (now_of(world, plan).paid, now_of(world, plan).received) == (1, 70_00)
    world.until("2026-03-01 08:00")
    assert told(world)[-1] == "02-27 instalment 3000"
    world.pay(invoice)
    after = now_of(world, plan)
    assert (after.status, after.ended_by, after.paid) == (COMPLETED, PlanEnd.PAID, 2)
    assert not world.case(invoice).is_open
    assert world.customer(invoice).broken_plans == 0


def test_a_plan_is_broken_after_as_many_as_agreed_are_missing_at_once(
    world: World, invoice: Invoice
):
    thirds = free(d2026_02_02=40_00, d2026_03_02=30_00, d2026_04_02=30_00)
    plan = agree(world, invoice, instalments=thirds, broken_after=2)
    world.until("2026-02-09 22:59")
    assert now_of(world, plan).missed == 0
    world.until("2026-02-10 08:30")  # the day and its grace are over
    assert (now_of(world, plan).status, now_of(world, plan).missed) == (ACTIVE, 1)
    world.until("2026-03-03 08:00")
    assert told(world)[-1] == "03-02 instalment 7000"  # what was missed is asked for, too
    world.until("2026-03-10 08:30")
    after = now_of(world, plan)
    assert (after.status, after.ended_by, after.missed) == (BROKEN, PlanEnd.MISSED, 2)
    assert world.customer(invoice).broken_plans == 1
    assert pauses(world, invoice) == []
    world.until("2026-03-12 12:00")
    assert told(world)[-1] == "03-10 notice_final 10000"  # one notice, as after a hold


def test_what_was_missed_and_then_paid_no_longer_counts(world: World, invoice: Invoice):
    thirds = free(d2026_02_02=40_00, d2026_03_02=30_00, d2026_04_02=30_00)
    plan = agree(world, invoice, instalments=thirds, broken_after=2)
    world.until("2026-02-20 08:00")
    world.pay(invoice, 40_00)
    assert (now_of(world, plan).paid, now_of(world, plan).missed) == (1, 0)
    world.until("2026-03-11 08:00")
    assert (now_of(world, plan).status, now_of(world, plan).missed) == (ACTIVE, 1)
    world.until("2026-04-10 08:00")
    assert now_of(world, plan).status is BROKEN


def test_the_last_instalment_missed_ends_it_whatever_may_be_missing(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO, broken_after=12)
    world.pay(invoice, 60_00)
    world.until("2026-03-10 08:30")
    assert now_of(world, plan).status is BROKEN


def test_money_after_the_moment_is_too_late_whoever_sees_it_first(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO, broken_after=1)
    world.clock.set(plan.until)  # the sweep hasn't come by yet
    world.pay(invoice, 60_00)
    assert now_of(world, plan).status is BROKEN


def test_equal_instalments_after_a_deposit_and_with_a_fee(world: World, invoice: Invoice):
    [deposit] = free(d2026_01_25=20_00)
    plan = agree(world, invoice, instalments=monthly("2026-01-31", 3), deposit=deposit, fee=5_00)
    assert [(f"{each.day:%m-%d}", each.amount) for each in plan.instalments] == [
        ("01-25", 20_00),
        ("01-31", 28_34),
        ("02-28", 28_33),
        ("03-31", 28_33),
    ]
    assert (plan.planned, world.invoice(invoice).charges) == (105_00, 5_00)
    [charge] = world.ledger.charges_of(world.tenant, plan.customer_id)
    assert charge.amount == 5_00


@pytest.mark.parametrize(
    ("by", "end"),
    [("credit", PlanEnd.CREDITED), ("void", PlanEnd.VOID), ("write_off", PlanEnd.WRITTEN_OFF)],
)
def test_what_is_settled_otherwise_ends_the_plan(
    world: World, invoice: Invoice, by: str, end: PlanEnd
):
    plan = agree(world, invoice, instalments=TWO)
    getattr(world, by)(invoice, *([100_00] if by == "credit" else []))
    after = now_of(world, plan)
    assert (after.status, after.ended_by) == (PlanStatus.CANCELLED, end)


def test_another_schedule_takes_over_what_is_left(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    world.pay(invoice, 10_00)
    anew = agree_anew(world, plan, free(d2026_02_20=45_00, d2026_03_20=45_00))
    before = now_of(world, plan)
    assert (before.status, before.ended_by) == (PlanStatus.CANCELLED, PlanEnd.REPLANNED)
    assert (anew.replaces, anew.planned, anew.is_open) == (plan.id, 90_00, True)
    assert [each.reference for each in world.case(invoice).pauses] == [anew.id]
    world.until("2026-02-21 08:00")
    assert [each for each in told(world) if "instalment" in each] == [
        "02-17 instalment 4500",
        "02-20 instalment 4500",
    ]
    with pytest.raises(PlanNotActiveError):
        agree_anew(world, plan, TWO)


def test_a_plan_that_is_called_off_leaves_the_case_as_it_was(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    assert call_off(world, plan).status is PlanStatus.CANCELLED
    assert call_off(world, plan).version == now_of(world, plan).version
    assert (pauses(world, invoice), world.case(invoice).instalment) == ([], None)
    world.until("2026-01-21 12:00")
    assert told(world)[-1].endswith("reminder_first 10000")
    assert world.customer(invoice).broken_plans == 0


def test_what_has_ended_cant_be_called_off(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    world.pay(invoice)
    with pytest.raises(PlanNotActiveError):
        call_off(world, plan)


def test_an_invoice_has_one_plan_or_one_promise(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    with pytest.raises(PlanAlreadyActiveError):
        agree(world, invoice, instalments=TWO)
    with pytest.raises(PlanAlreadyActiveError):
        world.promise(invoice, dates={"2026-02-10": None})
    call_off(world, plan)
    world.promise(invoice, dates={"2026-02-10": None})
    with pytest.raises(PromiseAlreadyOpenError):
        agree(world, invoice, instalments=TWO)


@pytest.mark.parametrize(
    ("instalments", "refusal"),
    [
        (free(d2026_02_02=60_00, d2026_03_02=30_00), PlanAmountsDifferError),
        (free(d2026_01_19=100_00), InvalidError),
        (free(d2026_03_02=60_00, d2026_02_02=40_00), InvalidError),
        (free(d2036_02_02=100_00), InvalidError),
    ],
)
def test_what_nobody_can_agree_on(
    world: World, invoice: Invoice, instalments: object, refusal: type[DunlinError]
):
    with pytest.raises(refusal):
        agree(world, invoice, instalments=instalments)
    assert pauses(world, invoice) == []


def test_whose_invoices_can_be_planned(world: World, invoice: Invoice):
    other = world.post("R-9", due="2026-01-15", customer=somebody("another"))
    with pytest.raises(InvalidError):
        agree(world, invoice, other, instalments=TWO)
    world.pay(other)
    with pytest.raises(InvoiceNotOpenError):
        agree(world, other, instalments=TWO)
    world.dispute(invoice)
    with pytest.raises(InvoiceDisputedError):
        agree(world, invoice, instalments=TWO)


def test_what_becomes_of_a_plan_is_told(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO, broken_after=2)
    world.until("2026-02-10 09:00")
    world.pay(invoice, 60_00)
    world.until("2026-03-11 09:00")
    events = world.ledger.events_page(world.tenant, Cursor(100)).data
    told = [each.type for each in reversed(events) if each.type.startswith("plan.")]
    assert told[:3] == ["plan.made", "plan.instalment_missed", "plan.instalment_paid"]
    assert sorted(told[3:]) == ["plan.broken", "plan.instalment_missed"]  # at the same moment


def test_nobody_has_missed_what_was_all_that_is_left_and_disputed(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO, broken_after=1)
    world.dispute(invoice, deadline=date(2026, 4, 1))
    world.until("2026-02-10 12:00")
    after = now_of(world, plan)
    assert (after.status, after.ended_by) == (PlanStatus.CANCELLED, PlanEnd.DISPUTED)
    assert world.customer(invoice).broken_plans == 0
    assert not [each for each in told(world) if "instalment" in each]


def test_money_on_its_way_in_time_is_waited_for(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO, broken_after=1)
    world.until("2026-02-09 12:00")
    debit = world.hear(world.card(invoice, 60_00, state=ProviderState.PROCESSING))
    world.until("2026-02-12 12:00")
    assert now_of(world, plan).status is ACTIVE
    assert debit is not None
