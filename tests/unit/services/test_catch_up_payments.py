"""The catch-up takes in what no webhook brought, and moves the mark behind it."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.catch_up_payments import (
    OVERLAP,
    catch_up_payments,
)
from tests.builders import LIVE, TEST, customer_id
from tests.unit.services.catching_up import (
    NOON,
    Shop,
    a_world,
    codes,
)


def test_the_first_run_begins_the_mark_and_reads_a_little_back():
    world = Shop()
    world.paid(at=NOON - OVERLAP)
    catch_up_payments(world.ports)
    assert world.marks.certain_until(LIVE) == NOON
    assert world.remaining == [0, 100_00, 100_00]


def test_the_first_run_reads_from_when_the_creditor_was_listed_however_late_it_succeeds():
    world = Shop()
    world.marks.move(PaymentMark(LIVE), PaymentMark(LIVE, since=NOON))
    world.clock.advance(minutes=5)
    world.paid(0)
    world.clock.advance(hours=2)
    world.payments.closed_to = {LIVE}
    catch_up_payments(world.ports)
    assert world.marks.certain_until(LIVE) == NOON
    world.payments.closed_to = set()
    catch_up_payments(world.ports)
    assert world.remaining == [0, 100_00, 100_00]


def test_until_when_there_was_no_account_is_noted_by_the_hour():
    world = Shop()
    world.payments.without_account = {LIVE}
    noted = []
    for _ in range(5):
        catch_up_payments(world.ports)
        noted.append(world.marks.all()[0].since)
        world.clock.advance(minutes=30)
    hours = [NOON + timedelta(hours=each) for each in range(3)]
    assert noted == [hours[0], hours[0], hours[1], hours[1], hours[2]]
    world.payments.without_account = set()
    world.paid(at=world.clock.now() - timedelta(minutes=20))
    catch_up_payments(world.ports)
    assert world.remaining == [0, 100_00, 100_00]


def test_a_payment_that_no_webhook_brought_is_taken_in_once():
    world = a_world()
    world.clock.advance(hours=30)
    fact = world.paid()
    world.clock.advance(minutes=3)
    read = []
    for _ in range(3):
        done = catch_up_payments(world.ports)
        assert done.held_up == {}
        read.append(done.facts[LIVE])
        world.clock.advance(OVERLAP)
    assert read == [1, 1, 0], "once when it is new, and once when nothing can join it any more"
    world.hear(fact)
    assert world.remaining == [0, 100_00, 100_00]
    [payment] = world.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.provider_events == (fact.event_id,)
    assert world.marks.certain_until(LIVE) == NOON + timedelta(hours=30, minutes=23)


def test_what_shows_late_in_the_list_is_read_when_it_is_too_old_to_be_joined_by_more():
    world = a_world()
    world.clock.advance(minutes=5)
    catch_up_payments(world.ports)
    world.paid(at=world.clock.now() - timedelta(seconds=1))
    world.clock.advance(OVERLAP - timedelta(seconds=1))
    catch_up_payments(world.ports)
    assert world.remaining == [100_00, 100_00, 100_00]
    world.clock.advance(seconds=1)
    catch_up_payments(world.ports)
    assert world.remaining == [0, 100_00, 100_00]


def test_payments_are_not_known_beyond_what_may_have_shown_late():
    """After a gap, however long, who paid shortly before it is known of before all others are."""
    world = a_world()
    world.clock.advance(minutes=5)
    catch_up_payments(world.ports)
    late = world.paid(at=world.clock.now() - timedelta(seconds=1))
    world.clock.advance(hours=25)
    known = []
    world.ledger.on_change.append(lambda *_: known.append(world.marks.certain_until(LIVE)))
    done = catch_up_payments(world.ports)
    assert world.remaining == [0, 100_00, 100_00]
    assert known[0] == late.at + timedelta(seconds=1), "the mark didn't move before"
    assert world.marks.certain_until(LIVE) == world.clock.now()
    assert done.facts[LIVE] == 1


def test_what_was_old_when_it_was_read_is_read_once():
    world = a_world()
    world.clock.advance(hours=1)
    world.paid()
    world.clock.advance(hours=1)
    read = []
    for _ in range(3):
        read.append(catch_up_payments(world.ports).facts[LIVE])
        world.clock.advance(OVERLAP)
    assert read == [1, 0, 0]


def test_whoever_has_no_account_has_no_mark():
    world = a_world()
    world.marks.begin(TEST)
    world.payments.without_account = {TEST}
    assert catch_up_payments(world.ports).held_up == {}
    assert [each.known_until for each in world.marks.all() if each.tenant == TEST] == [None]


def test_what_was_paid_while_a_key_was_gone_is_read_when_it_is_back():
    world = a_world()
    world.clock.advance(minutes=30)
    world.paid()
    world.clock.advance(minutes=30)
    world.payments.without_account = {LIVE}
    for _ in range(2):
        assert codes(catch_up_payments(world.ports)) == {LIVE: "payment_unavailable"}
        assert world.marks.certain_until(LIVE) == NOON
        world.clock.advance(minutes=10)
    world.payments.without_account = set()
    assert catch_up_payments(world.ports).held_up == {}
    assert world.remaining == [0, 100_00, 100_00]
    assert world.marks.certain_until(LIVE) == world.clock.now()


def test_an_account_that_never_answered_has_a_mark_all_the_same():
    """Otherwise nobody would ever notice that its key may not read events."""
    world = Shop()
    world.payments.closed_to = {LIVE}
    done = catch_up_payments(world.ports)
    assert codes(done) == {LIVE: "payment_unavailable"}
    began = world.marks.certain_until(LIVE)
    assert began == world.clock.now()
    world.clock.advance(hours=1)
    catch_up_payments(world.ports)
    assert world.marks.certain_until(LIVE) == began


def test_payments_of_strangers_and_unreadable_events_hold_up_nobody():
    world = a_world()
    world.clock.advance(hours=1)
    stranger = world.paid(customer_id=customer_id("nobody"), named=())
    world.payments.unreadable = ("evt_odd",)
    world.clock.advance(minutes=1)
    done = catch_up_payments(world.ports)
    assert (done.strange, done.unreadable) == ([stranger.event_id], {(LIVE, "evt_odd")})
    assert world.marks.certain_until(LIVE) == world.clock.now()
