"""Instalments are chased: on their days, for what is missing, by the rules of all reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.errors import (
    InvalidError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment_plan import PlanStatus
from chalicelib.ports.storage import Cursor
from chalicelib.services.pay_page import ChoiceError
from tests.builders import a_sequence, a_step
from tests.plan_deeds import agree, free, now_of, pauses, told
from tests.world import World

TWO = free(d2026_02_02=60_00, d2026_03_02=40_00)


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def test_each_instalment_is_chased_before_on_and_after_its_day(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO)
    world.until("2026-02-08 08:00")
    assert told(world) == [
        "01-20 plan_confirmed",
        "01-30 instalment 6000",
        "02-02 instalment 6000",
        "02-05 instalment 6000",
    ]
    assert pauses(world, invoice) == [PauseKind.PLAN]


def test_several_invoices_are_chased_by_one_of_them(world: World, invoice: Invoice):
    second = world.post("R-2", due="2026-01-18", amount=50_00)
    plan = agree(world, invoice, second, instalments=free(d2026_02_02=100_00, d2026_03_02=50_00))
    assert pauses(world, invoice) == pauses(world, second) == [PauseKind.PLAN]
    world.until("2026-02-01 08:00")
    assert told(world)[1:] == ["01-30 instalment 10000"]
    world.pay(second)  # that was the one that chases
    world.until("2026-02-08 08:00")
    assert told(world)[2:] == ["02-02 instalment 5000", "02-05 instalment 5000"]
    world.pay(invoice)
    assert now_of(world, plan).status is PlanStatus.COMPLETED


def test_a_credit_note_lowers_what_is_asked_for(world: World, invoice: Invoice):
    plan = agree(world, invoice, instalments=TWO)
    world.credit(invoice, 70_00)
    world.until("2026-02-03 08:00")
    assert told(world)[-1] == "02-02 instalment 3000"
    world.pay(invoice)
    assert now_of(world, plan).status is PlanStatus.COMPLETED


def test_what_is_disputed_later_isnt_asked_for(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO)
    world.dispute(invoice, amount=70_00)
    world.until("2026-02-03 08:00")
    assert told(world)[-1] == "02-02 instalment 3000"


def test_the_case_forgets_what_was_sent_for_instalments_before(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO)
    world.until("2026-02-03 08:00")
    assert len(world.case(invoice).results) >= 2
    world.pay(invoice, 60_00)
    assert not [key for key in world.case(invoice).results if "/" in key]
    assert world.customer(invoice).last_contact_at is not None
    events = world.ledger.events_page(world.tenant, Cursor(100)).data
    assert "case.step_reopened" not in {each.type for each in events}


def test_part_of_it_can_be_paid_online_whatever_the_creditor_allows_elsewhere(
    world: World, invoice: Invoice
):
    creditor = world.ledger.creditor(world.tenant.creditor_id)
    assert creditor is not None
    world.ledger.save_creditor(replace(creditor, part_payment=False))
    agree(world, invoice, instalments=TWO)
    world.until("2026-01-30 12:00")
    world.checkout(invoice, 60_00)
    assert world.payments.requests[0].amount.amount == 60_00
    other = world.post("R-2", due="2026-01-15")
    with pytest.raises(ChoiceError):
        world.checkout(other, 60_00)


def test_the_gap_holds_between_instalments_and_other_reminders(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO)
    world.post("R-2", due="2026-02-01", amount=10_00)
    world.until("2026-02-20 08:00")
    days = [each.split()[0] for each in told(world) if "confirmed" not in each]
    assert len(days) > 4
    moments = [date.fromisoformat(f"2026-{each}") for each in days]
    assert all((later - day).days >= 3 for day, later in pairwise(moments))


def test_a_creditors_own_sequence_gives_the_days_but_not_the_words(world: World, invoice: Invoice):
    own = a_sequence(a_step("soon", -1), a_step("now", 1, "sms"), id="seq_own")
    world.ledger.add_sequence(world.tenant, own)
    agree(world, invoice, instalments=TWO, sequence="seq_own")
    world.until("2026-02-04 08:00")
    assert told(world)[1:] == ["01-31 instalment 6000", "02-02 instalment 6000"]
    assert "agreed: 60.00 EUR by 2026-02-02" in world.sms.sent[-1].text


@pytest.mark.parametrize("steps", [(a_step("call", 1, "call"),), None])
def test_a_sequence_that_cant_chase(world: World, invoice: Invoice, steps: Any):
    if steps:
        world.ledger.add_sequence(world.tenant, a_sequence(*steps, id="seq_own"))
    with pytest.raises(InvalidError):
        agree(world, invoice, instalments=TWO, sequence="seq_own")


def test_whom_nothing_reaches_isnt_chased(world: World, invoice: Invoice):
    agree(world, invoice, instalments=TWO)
    world.change(invoice, email=None, phone=None)
    world.until("2026-02-08 12:00")
    assert not [each for each in told(world) if "instalment" in each]


def test_a_disputed_part_is_neither_planned_nor_asked_for(world: World, invoice: Invoice):
    world.dispute(invoice, amount=30_00)
    plan = agree(world, invoice, instalments=free(d2026_02_02=70_00))
    world.until("2026-02-03 08:00")
    assert told(world)[-1] == "02-02 instalment 7000"
    world.pay(invoice, 70_00)
    assert now_of(world, plan).status is PlanStatus.COMPLETED
    assert pauses(world, invoice) == [PauseKind.DISPUTE]
