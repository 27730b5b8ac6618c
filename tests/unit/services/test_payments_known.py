"""Who waits for news of payments, and whose silence is told before that."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.decisions import Reason
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.payment_marks import NOTED_EVERY, PaymentMark
from chalicelib.services.catch_up_payments import OVERLAP, catch_up_payments
from chalicelib.services.explain_case import explain_case
from chalicelib.services.follow_up import follow_up
from chalicelib.services.payments_behind import NEWS_FOR, Behind, behind
from chalicelib.services.test_clocks import create_test_clock
from tests.builders import LIVE, TEST, a_creditor, a_sequence, a_step, utc
from tests.world import BILLING, World, somebody

NINE = utc("2026-01-20 09:00")
LIMIT = timedelta(hours=6)
FIRST = a_sequence(a_step("first", 1))


def a_world(known_until: datetime | None = None, **facts: object) -> World:
    """Return a world at nine with the provider heard up to a moment."""
    world = World("2026-01-20 09:00", sequence=FIRST, **facts)
    for each in (LIVE, TEST):
        world.marks.begin(each)
        world.marks.move(PaymentMark(each), PaymentMark(each, known_until))
    return world


def test_up_to_the_limit_reminders_go_out():
    world = a_world(NINE - LIMIT)
    invoice = world.post("R-1", due="2026-01-19")
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_beyond_it_they_wait_for_a_quarter_of_an_hour_and_write_nothing_else():
    world = a_world(NINE - LIMIT - timedelta(seconds=1))
    invoice = world.post("R-1", due="2026-01-19")
    again = follow_up(world.ports, LIVE, invoice.customer_id)
    assert again == NINE + timedelta(minutes=15)
    assert (world.case(invoice).due_at, world.case(invoice).results) == (again, {})
    told = explain_case(world.ports, LIVE, invoice.case_id)
    assert (told.next.reason, told.next.at) == (Reason.PAYMENTS_STALE, again)


def test_the_limit_is_the_creditors():
    world = a_world(NINE - LIMIT)
    world.ledger.save_creditor(
        a_creditor(default_sequence=FIRST.id, payments_known_within=timedelta(hours=5))
    )
    invoice = world.post("R-1", due="2026-01-19")
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert world.email.attempts == []


def test_who_takes_no_payments_online_never_waits():
    world = a_world(None)
    invoice = world.post("R-1", due="2026-01-19")
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_where_nobody_looked_for_hours_whether_payments_are_taken_reminders_wait():
    """A stage whose catch-up fails from the first: whoever paid since would be reminded."""
    world = a_world(None)
    since = PaymentMark(LIVE, since=NINE - LIMIT - NOTED_EVERY - timedelta(seconds=1))
    world.marks.move(PaymentMark(LIVE), since)
    invoice = world.post("R-1", due="2026-01-19")
    assert follow_up(world.ports, LIVE, invoice.customer_id) == NINE + timedelta(minutes=15)
    world.marks.move(since, PaymentMark(LIVE, since=NINE - LIMIT - NOTED_EVERY))
    world.clock.advance(minutes=15)
    world.payments.without_account = {LIVE}
    catch_up_payments(world.ports)
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_test_mode_waits_like_the_real_one_but_not_on_a_test_clock():
    world = a_world(NINE - timedelta(days=9), tenant=TEST)
    clock = create_test_clock(world.ports, TEST, BILLING, NINE, "clock")
    frozen = world.post("R-1", due="2026-01-19", customer=somebody("frozen", test_clock=clock.id))
    awake = world.post("R-2", due="2026-01-19", customer=somebody("awake"))
    for invoice in (frozen, awake):
        follow_up(world.ports, TEST, invoice.customer_id)
    assert [message.to for message in world.email.sent] == ["frozen@customer.example"]


def test_behind_are_those_whose_limit_is_half_over():
    gone = Tenant("cr_0000000000000009", Mode.LIVE)
    world = a_world(NINE)
    world.marks.move(PaymentMark(TEST, NINE), PaymentMark(TEST))
    world.marks.begin(gone)
    world.marks.move(PaymentMark(gone), PaymentMark(gone, NINE))
    world.clock.advance(hours=2, minutes=59)
    assert behind(world.ports) == ()
    world.clock.advance(minutes=1)
    assert behind(world.ports) == (Behind(LIVE, is_news=True),)
    world.ledger.save_creditor(a_creditor(payments_known_within=timedelta(hours=7)))
    assert behind(world.ports) == ()


def test_who_waits_because_nobody_looked_is_behind_before_it_waits():
    world = a_world(NINE)
    listed = PaymentMark(LIVE, since=NINE - NOTED_EVERY)
    world.marks.move(PaymentMark(LIVE, NINE), listed)
    world.marks.move(PaymentMark(TEST, NINE), PaymentMark(TEST))
    world.clock.advance(LIMIT / 2 - timedelta(minutes=1))
    assert behind(world.ports) == ()
    world.clock.advance(minutes=1)
    assert behind(world.ports) == (Behind(LIVE, is_news=True),)


def test_that_somebody_is_behind_is_news_for_two_runs():
    world = a_world(NINE)
    world.marks.move(PaymentMark(TEST, NINE), PaymentMark(TEST, NINE + timedelta(hours=1)))
    world.clock.advance(LIMIT / 2 + NEWS_FOR - timedelta(seconds=1))
    assert behind(world.ports) == (Behind(LIVE, is_news=True),)
    world.clock.advance(seconds=1)
    assert behind(world.ports) == (Behind(LIVE, is_news=False),)
    world.clock.advance(timedelta(hours=1) - NEWS_FOR)
    assert behind(world.ports) == (Behind(LIVE, is_news=False), Behind(TEST, is_news=True))


def test_who_is_never_read_again_falls_behind_too():
    """What an event may have joined late isn't known either."""
    world = a_world(NINE)
    late = PaymentMark(LIVE, NINE, read_again_until=NINE - OVERLAP - LIMIT / 2)
    world.marks.move(PaymentMark(LIVE, NINE), late)
    assert behind(world.ports) == (Behind(LIVE, is_news=True),)
    world.marks.move(late, PaymentMark(LIVE, NINE, read_again_until=NINE - OVERLAP))
    assert behind(world.ports) == ()
