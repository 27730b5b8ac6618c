"""An invoice that was promised and is disputed: what is set aside isn't expected meanwhile."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.errors import AmountTooLargeError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import EndedBy, PromiseStatus
from tests.world import World

DAY = {"2026-02-10": 100_00}


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def test_who_pays_what_isnt_disputed_has_kept_it(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates=DAY)
    dispute = world.dispute(invoice, 30_00, deadline=date(2026, 4, 1))
    world.pay(invoice, 70_00)
    assert world.promised(promise).is_open  # the dispute may be decided by the day
    world.until("2026-02-18 09:00")
    after = world.promised(promise)
    assert (after.status, after.ended_by, after.received) == (
        PromiseStatus.KEPT,
        EndedBy.PAID,
        70_00,
    )
    assert world.customer(invoice).broken_promises == 0
    world.resolve(world.disputed(dispute), "rejected")
    world.until("2026-03-20 09:00")
    assert world.promised(promise) == after  # an end is final
    assert "30.00 EUR" in world.email.sent[-1].content.text


def test_what_was_decided_against_the_customer_before_the_day_is_expected(
    world: World, invoice: Invoice
):
    promise = world.promise(invoice, dates=DAY)
    dispute = world.dispute(invoice, 30_00, deadline=date(2026, 4, 1))
    world.pay(invoice, 70_00)
    world.until("2026-02-10 09:00")
    world.resolve(dispute, "rejected")
    world.until("2026-02-18 09:00")
    assert world.promised(promise).status is PromiseStatus.BROKEN


def test_a_decision_after_the_day_is_too_late_whoever_sees_it_first(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates=DAY)
    dispute = world.dispute(invoice, 30_00, deadline=date(2026, 4, 1))
    world.pay(invoice, 70_00)
    world.clock.set(promise.until)  # the sweep hasn't come by yet
    world.resolve(dispute, "rejected")
    assert world.promised(promise).status is PromiseStatus.KEPT


def test_a_dispute_after_the_day_is_too_late_too(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates=DAY)
    world.pay(invoice, 70_00)
    world.clock.set(promise.until)
    world.dispute(invoice, 30_00)
    assert world.promised(promise).status is PromiseStatus.BROKEN


def test_a_dispute_that_ends_with_the_day_was_there_all_the_time(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates=DAY)
    dispute = world.dispute(invoice, 30_00, deadline=date(2026, 2, 17))
    world.pay(invoice, 70_00)
    world.until("2026-02-18 09:00")
    assert world.disputed(dispute).status == "expired"
    assert world.promised(promise).status is PromiseStatus.KEPT


def test_nobody_breaks_a_promise_of_which_all_is_disputed(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates=DAY)
    world.dispute(invoice, deadline=date(2026, 4, 1))
    world.until("2026-02-18 09:00")
    after = world.promised(promise)
    assert (after.status, after.ended_by) == (PromiseStatus.CANCELLED, EndedBy.DISPUTED)
    assert world.customer(invoice).broken_promises == 0
    assert [each.kind for each in world.case(invoice).pauses] == [PauseKind.DISPUTE]


def test_nobody_promises_what_they_dispute(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00)
    for amount in (70_01, 100_00):
        with pytest.raises(AmountTooLargeError):
            world.promise(invoice, dates={"2026-02-10": amount})
    promise = world.promise(invoice, dates={"2026-02-10": 70_00})
    world.resolve(dispute, "rejected")  # what was promised stays what it was
    world.pay(invoice, 70_00)
    assert world.promised(promise).status is PromiseStatus.KEPT


def test_an_invoice_that_is_disputed_as_a_whole_cannot_be_promised(world: World, invoice: Invoice):
    world.dispute(invoice)
    with pytest.raises(AmountTooLargeError):
        world.promise(invoice, dates={"2026-02-10": 1})
    other = world.post("R-2", due="2026-01-15")
    with pytest.raises(AmountTooLargeError):
        world.promise(invoice, other, dates={"2026-02-10": 100_01})
    assert world.promise(invoice, other, dates=DAY).is_open
