"""Test clocks: created in test mode, moved forward only, one advance at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.errors import ClockBusyError, InvalidError, NotFoundError
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.ports.messages import Delivery, EmailMessage, Handover
from chalicelib.services.advance_clock import HELD_FOR, advance_clock
from chalicelib.services.test_clocks import create_test_clock, load_test_clock, request_advance
from chalicelib.services.try_later import TryLaterError
from tests.builders import LIVE, TEST, utc
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import Crash, World, somebody

START, TARGET = utc("2026-01-02 08:00"), utc("2026-01-13 00:00")


def a_world() -> tuple[World, TestClock]:
    """Return a world of test mode whose wall clock shows another year, and a test clock."""
    world = World("2030-01-01 00:00", tenant=TEST)
    return world, create_test_clock(world.ports, TEST, BILLING, START, "trial")


def work(world: World, limit: int = 500) -> int:
    """Let the clock's worker run until its queue is empty; return how often it ran."""
    runs = 0
    while messages := world.queues.drain("clock"):
        for message in messages:
            advance_clock(world.ports, TEST, message["clock"], limit)
            runs += 1
    return runs


def test_a_new_clock_stands_still_at_its_time():
    world, clock = a_world()
    assert (clock.now, clock.target, clock.name) == (START, START, "trial")
    assert clock.status is ClockStatus.READY
    assert load_test_clock(world.ports, TEST, clock.id) == clock


def test_there_are_no_test_clocks_in_live_mode():
    world, _ = a_world()
    with pytest.raises(InvalidError):
        create_test_clock(world.ports, LIVE, BILLING, START)


def test_an_advance_is_asked_for_done_and_over():
    world, clock = a_world()
    customer = somebody(test_clock=clock.id)
    world.post("R-1", due="2026-01-15", issued="2026-01-01", customer=customer)
    asked = request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    assert (asked.status, asked.now, asked.target) == (ClockStatus.ADVANCING, START, TARGET)
    with pytest.raises(ClockBusyError) as refused:
        request_advance(world.ports, TEST, BILLING, clock.id, utc("2026-02-01"))
    assert refused.value.code == "test_clock_advancing"
    assert work(world) == 1
    done = load_test_clock(world.ports, TEST, clock.id)
    assert (done.status, done.now) == (ClockStatus.READY, TARGET)
    assert len(world.email.sent) == 1


@pytest.mark.parametrize("target", [START, utc("2026-01-01")])
def test_a_clock_moves_forward_only(target):
    world, clock = a_world()
    with pytest.raises(InvalidError) as refused:
        request_advance(world.ports, TEST, BILLING, clock.id, target)
    assert [fault.pointer for fault in refused.value.fields] == ["/frozen_time"]


def test_an_unknown_clock_is_not_found():
    world, _ = a_world()
    with pytest.raises(NotFoundError):
        request_advance(world.ports, TEST, BILLING, "clock_none", TARGET)


def test_the_workers_message_a_second_time_does_nothing():
    world, clock = a_world()
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    work(world)
    written = len(world.ledger.changes)
    advance_clock(world.ports, TEST, clock.id)
    assert len(world.ledger.changes) == written


def test_another_worker_leaves_alone_what_the_first_is_sending():
    """For it an hour of the clock is no time: it would give the claim up while it is in use."""
    world, clock = a_world()
    customer = somebody(test_clock=clock.id)
    invoice = world.post("R-1", due="2026-01-15", issued="2026-01-01", customer=customer)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    world.email.before_answer = lambda _: advance_clock(world.ports, TEST, clock.id)

    advance_clock(world.ports, TEST, clock.id)

    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.SENT
    assert load_test_clock(world.ports, TEST, clock.id).status is ClockStatus.READY


def test_a_clock_whose_worker_died_goes_on_once_nobody_can_be_at_it():
    world, clock = a_world()
    customer = somebody(test_clock=clock.id)
    world.post("R-1", due="2026-01-15", issued="2026-01-01", customer=customer)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)

    def die(_: EmailMessage) -> None:
        raise Crash

    world.email.before_answer = die
    with pytest.raises(Crash):
        advance_clock(world.ports, TEST, clock.id)
    world.email.before_answer = None
    written = len(world.ledger.changes)
    world.clock.advance(HELD_FOR - timedelta(seconds=1))
    advance_clock(world.ports, TEST, clock.id)
    assert len(world.ledger.changes) == written

    world.clock.advance(seconds=1)
    advance_clock(world.ports, TEST, clock.id)
    done = load_test_clock(world.ports, TEST, clock.id)
    assert (done.status, done.now, done.held_until) == (ClockStatus.READY, TARGET, None)


def test_of_two_workers_that_begin_at_once_one_comes_back_later():
    ledger = MeddledLedger()
    world = World("2030-01-01 00:00", tenant=TEST, ledger=ledger)
    clock = create_test_clock(world.ports, TEST, BILLING, START)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    just_before_the_commit(world, lambda: advance_clock(world.ports, TEST, clock.id))

    with pytest.raises(TryLaterError):
        advance_clock(world.ports, TEST, clock.id)

    assert load_test_clock(world.ports, TEST, clock.id).status is ClockStatus.READY


def test_more_than_a_run_does_is_left_to_a_message_of_its_own():
    world, clock = a_world()
    for number in range(7):
        customer = somebody(f"c{number}", test_clock=clock.id)
        world.post(f"R-{number}", due="2026-01-15", issued="2026-01-01", customer=customer)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    assert work(world, limit=2) == 4
    assert len(world.email.sent) == 7


def test_a_message_that_cannot_be_taken_is_tried_again_in_the_clocks_time():
    world, clock = a_world()
    customer = somebody(test_clock=clock.id)
    invoice = world.post("R-1", due="2026-01-15", issued="2026-01-01", customer=customer)
    world.email.script(*[Handover(Delivery.NOT_NOW)] * 3)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    work(world)
    sent = world.case(invoice).results["notice_upcoming"].at
    assert sent == utc("2026-01-12 08:15")


def test_a_gateway_that_stays_down_does_not_keep_the_clock_from_arriving():
    world, clock = a_world()
    customer = somebody(test_clock=clock.id)
    world.post("R-1", due="2026-01-15", issued="2026-01-01", customer=customer)
    world.email.answers["one@customer.example"] = Handover(Delivery.NOT_NOW)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    assert work(world, limit=20) < 20
    assert load_test_clock(world.ports, TEST, clock.id).status is ClockStatus.READY


def test_clocks_do_not_touch_each_others_customers():
    world, clock = a_world()
    other = create_test_clock(world.ports, TEST, BILLING, START)
    for number, each in enumerate((clock, other)):
        customer = somebody(f"c{number}", test_clock=each.id)
        world.post(f"R-{number}", due="2026-01-15", issued="2026-01-01", customer=customer)
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    work(world)
    assert [message.to for message in world.email.sent] == ["c0@customer.example"]
    assert load_test_clock(world.ports, TEST, other.id).now == START
