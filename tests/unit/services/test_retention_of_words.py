"""What people wrote about a promise or a charge goes when its period is over, and not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain.charge import Charge
from chalicelib.domain.charging import FeeDemand
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import Promise, PromisedDate, Source
from chalicelib.domain.retention import Retention
from chalicelib.services.add_charge import NewCharge, add_charge
from chalicelib.services.nightly import look_after
from chalicelib.services.take_promise import NewPromise, take_promise
from tests.builders import CREDITOR_ID, EUR, LIVE
from tests.deeds import OFFICE
from tests.world import World

YEAR = timedelta(days=365)
ALMOST = YEAR - timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    world = World("2026-01-20 08:00")
    creditor = world.ledger.creditor(CREDITOR_ID)
    assert creditor
    world.ledger.save_creditor(replace(creditor, retention=Retention(YEAR, 9 * YEAR)))
    return world


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def words_about(world: World, invoice: Invoice) -> Promise:
    """Take a promise by Ana, who wrote a note."""
    dates = (PromisedDate(date(2026, 1, 30), 100_00),)
    order = NewPromise((invoice.id,), EUR, dates, 7, Source.PHONE, "Ana", "Erika was ill")
    return take_promise(world.ports, LIVE, OFFICE, order)


def night_at(world: World, invoice: Invoice, moment: datetime) -> None:
    world.clock.set(moment)
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()


def test_words_about_a_promise_that_has_ended(world: World, invoice: Invoice):
    promise = words_about(world, invoice)
    world.pay(invoice)
    ended_at = world.promised(promise).ended_at
    assert ended_at
    night_at(world, invoice, ended_at + ALMOST)
    kept = world.promised(promise)
    assert (kept.taken_by, kept.note) == ("Ana", "Erika was ill")
    night_at(world, invoice, ended_at + YEAR)
    gone = world.promised(promise)
    assert (gone.taken_by, gone.note) == (None, None)
    assert (gone.status, gone.amount, gone.received) == (kept.status, kept.amount, kept.received)


def test_words_about_a_promise_that_stands_stay_however_old(world: World, invoice: Invoice):
    promise = words_about(world, invoice)
    night_at(world, invoice, promise.created_at + 2 * YEAR)  # nobody has looked at it since
    assert world.promised(promise).is_open
    assert world.promised(promise).note == "Erika was ill"


def stored(world: World, charge: Charge) -> Charge:
    found = world.ledger.charge(LIVE, charge.id)
    assert found
    return found


def test_words_about_a_charge_and_a_waiver(world: World, invoice: Invoice):
    demand = FeeDemand(FeeRule((FeeTier(amount=5_00),)))
    fee = add_charge(world.ports, LIVE, OFFICE, NewCharge(invoice.id, demand, "Erika was rude"))
    waiver = world.waive(fee, 2_00)
    silent = world.fee(invoice, 1_00)
    night_at(world, invoice, fee.created_at + ALMOST)
    assert [stored(world, each).reason for each in (fee, waiver, silent)] == [
        "Erika was rude",
        "goodwill",
        None,
    ]
    night_at(world, invoice, fee.created_at + YEAR)
    assert [stored(world, each).reason for each in (fee, waiver, silent)] == [
        "erased",
        "erased",
        None,
    ]
    assert [stored(world, each).amount for each in (fee, waiver)] == [5_00, -2_00]
