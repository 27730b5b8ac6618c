"""Fees, interest and compensation: beside the invoice, once, and never on what is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.charging import CompensationDemand, Demand, FeeDemand, InterestDemand
from chalicelib.domain.errors import (
    InvoiceDisputedError,
    InvoiceNotOpenError,
    NothingToChargeError,
    NotOverdueError,
    RateUnknownError,
)
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.interest import DayCount, InterestRounding
from chalicelib.ports.payments import ProviderState
from chalicelib.services.add_charge import NewCharge, add_charge
from chalicelib.services.common import changing
from chalicelib.services.once import Mark
from tests.deeds import OFFICE
from tests.invariants.watch import Watch
from tests.unit.services.late_payers import FIVE, a_world, refused

TIERS = FeeRule((FeeTier(50_00, amount=2_00), FeeTier(None, share=100_000)), at_most=40_00)


def test_a_fee_stands_beside_the_invoice_and_is_asked_for():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    charge = world.fee(invoice, 5_00)

    assert (charge.kind, charge.amount, charge.basis.principal) == ("fee", 5_00, 100_00)
    after = world.invoice(invoice)
    assert (after.amount, after.charges, after.remaining) == (100_00, 5_00, 105_00)
    assert (after.principal, after.open_charges) == (100_00, 5_00)
    case = world.case(invoice)
    assert (case.amount, case.charges, case.remaining) == (100_00, 5_00, 105_00)
    assert world.customer(invoice).balance == {"eur": 105_00}
    Watch(world).check_books()


@pytest.mark.parametrize(
    ("amount", "expected"), [(50_00, 2_00), (50_01, 5_00), (333_35, 33_34), (900_00, 40_00)]
)
def test_a_fee_by_the_size_of_the_debt(amount: int, expected: int):
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=amount)
    charge = world.demand(invoice, FeeDemand(TIERS))
    assert charge.amount == expected
    assert charge.basis.bounded == (expected == 40_00)


def test_a_fee_bears_no_fee_and_no_interest():
    world = a_world(contract_rate=100_000)
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    world.fee(invoice, 100_00)
    share = world.demand(invoice, FeeDemand(FeeRule((FeeTier(share=100_000),))))
    charge = world.demand(invoice, InterestDemand())
    assert share.amount == 36_50
    assert (charge.amount, charge.basis.principal) == (3_10, 365_00)


def test_no_day_bears_interest_twice():
    world = a_world(contract_rate=100_000)
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    first = world.demand(invoice, InterestDemand(until=date(2024, 3, 11)))
    second = world.demand(invoice, InterestDemand(since=date(2024, 1, 1)))
    periods = [(each.basis.parts[0].since, each.charged_until) for each in (first, second)]
    assert periods == [
        (date(2024, 3, 2), date(2024, 3, 11)),
        (date(2024, 3, 12), date(2024, 4, 1)),
    ]
    assert first.amount + second.amount == 31 * 10
    assert refused(world, invoice, InterestDemand()) is NothingToChargeError
    world.waive(second)
    assert refused(world, invoice, InterestDemand()) is NothingToChargeError


def test_what_was_rounded_off_is_carried_over():
    world = a_world(contract_rate=50_000)
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    days = [date(2024, 3, 2) + timedelta(days=each) for each in range(30)]
    charged = [world.demand(invoice, InterestDemand(until=each)).amount for each in days]
    assert sum(charged) == 41  # 30 days of 1.3699 cents
    assert world.invoice(invoice).charges == 41


def test_money_pays_the_invoice_before_what_is_charged_on_it():
    world = a_world("2024-03-11 10:00", contract_rate=100_000)
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    world.demand(invoice, InterestDemand())
    world.pay(invoice, 182_50)
    world.clock.advance(days=10)
    charge = world.demand(invoice, InterestDemand())
    assert [(part.principal, part.amount) for part in charge.basis.parts] == [(182_50, 50)]
    assert world.invoice(invoice).principal == 182_50


def test_what_is_credited_was_never_owed():
    world = a_world("2024-03-11 10:00", contract_rate=100_000)
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    world.credit(invoice, 182_50)
    assert world.demand(invoice, InterestDemand()).amount == 50


@pytest.mark.parametrize("kind", [InterestDemand(), CompensationDemand()])
def test_nothing_is_due_before_the_day_after_the_due_date(kind: Demand):
    world = a_world("2024-03-01 10:00")
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    assert refused(world, invoice, kind) is NotOverdueError
    world.clock.advance(days=1)
    assert world.demand(invoice, kind).amount > 0


def test_there_is_one_compensation():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    charge = world.demand(invoice, CompensationDemand())
    assert (charge.amount, charge.basis.law) == (40_00, "DE")
    assert refused(world, invoice, CompensationDemand()) is NothingToChargeError
    world.waive(charge)
    assert refused(world, invoice, CompensationDemand()) is NothingToChargeError


@pytest.mark.parametrize("deed", ["pay", "void", "write_off"])
@pytest.mark.parametrize("demand", [FIVE, InterestDemand(), CompensationDemand()])
def test_nothing_is_charged_on_what_is_closed(deed: str, demand: Demand):
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    getattr(world, deed)(invoice)
    assert refused(world, invoice, demand) is InvoiceNotOpenError


def test_nothing_is_charged_on_what_is_disputed():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    fact = world.hear(world.card(invoice, state=ProviderState.SUCCEEDED))
    world.hear(world.later(fact, "charge.dispute.created", dispute="dp_1", disputed=365_00))
    assert world.invoice(invoice).is_open
    assert refused(world, invoice, FIVE) is InvoiceDisputedError


def test_only_what_is_undisputed_is_charged_on():
    world = a_world(contract_rate=100_000)
    invoice = world.post("R-1", due="2024-03-01", amount=365_00)
    case = world.case(invoice)
    pause = Pause(PauseKind.DISPUTE, "goods are missing", world.now(), amount=182_50)
    world.ledger.commit([changing(case, replace(case, pauses=(pause,)), OFFICE)])
    share = world.demand(invoice, FeeDemand(FeeRule((FeeTier(share=100_000),))))
    interest = world.demand(invoice, InterestDemand())
    assert (share.amount, interest.amount) == (18_25, 31 * 5)


def test_no_rate_is_guessed():
    world = a_world("2031-03-11 10:00")
    invoice = world.post("R-1", due="2031-03-01", amount=365_00)
    assert refused(world, invoice, InterestDemand()) is RateUnknownError
    assert refused(world, invoice, InterestDemand(law="GB")) is RateUnknownError
    assert world.demand(invoice, InterestDemand(rate=90_000)).basis.source == "contract"


def test_the_policy_says_how_days_count_and_how_it_is_rounded():
    world = a_world(law="GB", rounding=InterestRounding.DAILY, day_count=DayCount.ACTUAL_360)
    invoice = world.post("R-1", due="2024-03-01", amount=1_000_00, of="gbp")
    basis = world.demand(invoice, InterestDemand()).basis
    assert (basis.law, basis.rounding, basis.day_count) == ("GB", "daily", "actual_360")
    assert [(part.rate, part.base, part.amount) for part in basis.parts] == [
        (132_500, 52_500, 31 * 37)
    ]


def test_a_request_charges_once():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    mark = Mark("0" * 16, "1" * 16)
    order = NewCharge(invoice.id, FIVE)
    charges = [add_charge(world.ports, world.tenant, OFFICE, order, once=mark) for _ in range(3)]
    assert len({each.id for each in charges}) == 1
    assert world.invoice(invoice).charges == 5_00
