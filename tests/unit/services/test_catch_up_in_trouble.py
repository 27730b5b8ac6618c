"""The catch-up gets further with every run, and lets nobody hold up others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.ports.payment_marks import PassedEvent
from chalicelib.services.catch_up_payments import (
    FAILED_AT_MOST,
    OVERLAP,
    RUNS_FOR,
    CaughtUp,
    catch_up_payments,
)
from tests.builders import LIVE, TEST
from tests.invariants.meddling import MeddledLedger
from tests.unit.services.catching_up import (
    NOON,
    OTHER,
    Broken,
    BySeconds,
    Dense,
    Meanwhile,
    NoLedger,
    Slow,
    a_world,
    codes,
    fails,
    loses,
)


def test_events_that_cost_more_than_a_run_has_are_read_run_by_run():
    """Five refunds a second, each of which is asked about, for half an hour; others come after."""
    world = a_world()
    dense = Dense(world, seconds=20, takes=timedelta(seconds=9), until=NOON + timedelta(minutes=30))
    ports = replace(world.ports, payments=dense)
    world.clock.advance(hours=1)
    marks, again = [], []
    while not marks or marks[-1] < world.clock.now() - timedelta(minutes=5):
        catch_up_payments(ports)
        [mark] = world.marks.all()
        marks.append(mark.known_until)
        again.append(mark.read_again_until)
        world.clock.advance(minutes=2)
        assert len(marks) < 20
    assert marks == sorted(set(marks)), "each run gets further"
    while again[-1] < marks[-1] - OVERLAP:
        catch_up_payments(ports)
        [mark] = world.marks.all()
        again.append(mark.read_again_until)
        assert len(again) < 40
    assert again == sorted(again)


def test_a_run_that_is_out_of_time_leaves_the_rest_of_a_page_to_the_next():
    world = a_world()
    for number in range(3):
        world.clock.advance(hours=1)
        world.paid(number)
    world.clock.advance(hours=1)
    world.ledger.on_change.append(lambda *_: world.clock.advance(RUNS_FOR))
    for expected in ([0, 100_00, 100_00], [0, 0, 100_00], [0, 0, 0]):
        catch_up_payments(world.ports)
        assert world.remaining == expected


def test_a_run_that_is_out_of_time_is_gone_on_with_by_the_next():
    world = a_world()
    world.payments.told_at_once = 1
    for number in range(3):
        world.clock.advance(hours=1)
        world.paid(number)
    world.clock.advance(hours=1)
    slow = Slow(world)
    ports = replace(world.ports, payments=slow)
    catch_up_payments(ports)
    assert world.remaining == [0, 100_00, 100_00]
    assert world.marks.certain_until(LIVE) == NOON + timedelta(hours=2)
    slow.takes = timedelta(0)
    catch_up_payments(ports)
    assert world.remaining == [0, 0, 0]
    assert world.marks.certain_until(LIVE) == world.clock.now()


@pytest.mark.parametrize("seed", range(8))
def test_one_who_can_not_be_read_holds_up_no_other(seed: int):
    world = a_world(seed=seed)
    for tenant in (TEST, OTHER):
        world.marks.begin(tenant)
    world.payments.closed_to = {TEST}
    world.clock.advance(hours=1)
    done = catch_up_payments(world.ports)
    assert codes(done) == {TEST: "payment_unavailable"}
    assert world.marks.certain_until(LIVE) == world.clock.now()
    assert world.marks.certain_until(OTHER) == world.clock.now()


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_of_ours_is_raised_when_all_others_had_their_turn(seed: int):
    world = a_world(seed=seed)
    for tenant in (TEST, OTHER):
        world.marks.begin(tenant)
    world.clock.advance(hours=1)
    ports = replace(world.ports, payments=Broken(world))
    with pytest.raises(ExceptionGroup) as raised:
        catch_up_payments(ports)
    assert [type(each) for each in raised.value.exceptions] == [ZeroDivisionError]
    assert world.marks.certain_until(LIVE) == world.marks.certain_until(OTHER) == world.clock.now()


def test_a_fact_that_can_not_be_applied_stops_the_mark_and_not_the_facts_after_it():
    ledger = MeddledLedger()
    world = a_world(ledger=ledger)
    first = world.clock.advance(hours=1)
    world.paid(0)
    world.clock.advance(hours=1)
    world.paid(1)
    world.clock.advance(hours=1)
    ledger.before_commit = loses("pi_0")
    done = catch_up_payments(world.ports)
    assert codes(done) == {LIVE: "concurrent_change"}
    assert world.marks.certain_until(LIVE) == first
    assert world.remaining == [100_00, 0, 100_00]
    ledger.before_commit = None
    assert catch_up_payments(world.ports).held_up == {}
    assert world.remaining == [0, 0, 100_00]
    assert world.marks.certain_until(LIVE) == world.clock.now()


def test_a_fault_with_one_fact_is_named_and_leaves_out_no_other():
    ledger = MeddledLedger()
    world = a_world(ledger=ledger)
    first = world.clock.advance(hours=1)
    poison = world.paid(0)
    world.clock.advance(hours=1)
    world.paid(1)
    world.clock.advance(hours=1)
    ledger.before_commit = fails("pi_0")
    done = CaughtUp()
    with pytest.raises(ExceptionGroup) as raised:
        catch_up_payments(world.ports, done)
    assert [type(each) for each in raised.value.exceptions] == [ZeroDivisionError]
    [failed] = done.failed
    assert (failed.tenant, failed.event_id, failed.payment) == (LIVE, poison.event_id, "pi_0")
    assert world.remaining == [100_00, 0, 100_00]
    assert world.marks.certain_until(LIVE) == first


def test_when_everything_fails_a_run_ends_soon():
    world = a_world()
    world.clock.advance(hours=1)
    for number in range(2 * FAILED_AT_MOST):
        world.paid(0, provider_reference=f"pi_{number}", event_id=f"evt_{number}")
    world.clock.advance(hours=1)
    ports = replace(world.ports, ledger=NoLedger())
    done = CaughtUp()
    with pytest.raises(ExceptionGroup):
        catch_up_payments(ports, done)
    assert len(done.failed) == FAILED_AT_MOST
    assert world.marks.certain_until(LIVE) == NOON + timedelta(hours=1)


def test_an_event_that_an_operator_lets_pass_holds_up_nobody():
    ledger = MeddledLedger()
    world = a_world(ledger=ledger)
    world.clock.advance(hours=1)
    poison = world.paid(0)
    world.clock.advance(hours=1)
    ledger.before_commit = loses("pi_0")
    catch_up_payments(world.ports)
    [mark] = world.marks.all()
    passed = PassedEvent(poison.event_id, "erin", "entered by hand", world.clock.now())
    world.marks.move(mark, replace(mark, passed=(passed,)))
    assert catch_up_payments(world.ports).held_up == {}
    assert world.marks.certain_until(LIVE) == world.clock.now()
    assert world.remaining == [100_00, 100_00, 100_00]


def test_two_runs_at_once_do_no_harm():
    world = a_world()
    world.clock.advance(hours=1)
    world.paid()
    world.clock.advance(minutes=1)
    other = replace(world.ports, payments=Meanwhile(world))
    done = catch_up_payments(other)
    assert done.held_up == {}
    assert world.remaining == [0, 100_00, 100_00]
    assert world.marks.certain_until(LIVE) == world.clock.now()


@pytest.mark.parametrize("known", [timedelta(0), -OVERLAP, timedelta(hours=-25)])
def test_a_mark_within_a_second_is_gone_on_from_by_whole_ones(known: timedelta):
    """Stripe's list knows seconds: a stretch that ends within one holds nothing of it."""
    world = a_world()
    [mark] = world.marks.all()
    at = NOON + timedelta(hours=30, microseconds=705_706) + known
    world.marks.move(mark, replace(mark, known_until=at, read_again_until=at - OVERLAP))
    world.clock.advance(hours=30, minutes=5)
    world.paid(at=world.clock.now() - timedelta(minutes=1))
    asked = BySeconds(world)
    catch_up_payments(replace(world.ports, payments=asked))
    assert asked.times <= 3
    assert world.marks.certain_until(LIVE) == world.clock.now()
    assert world.remaining == [0, 100_00, 100_00]
