"""What comes late: backdated invoices, outages, missed days, and sweeps that come too often."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.sequence import CatchUp
from tests.builders import a_sequence, a_step, utc
from tests.scenarios.story import Story
from tests.world import somebody


def test_an_invoice_first_seen_45_days_late_gets_one_notice_and_no_burst():
    story = Story("2026-03-02 09:30")
    story.post("R-1", due="2026-01-16", issued="2026-01-02")
    story.until("2026-05-01 00:00")
    story.expect(
        """
        Mon 02 Mar 10:30  posted   R-1              100.00 EUR  due Fri 16 Jan
        Mon 02 Mar 10:30  skipped  notice_upcoming  R-1         past_due_date
        Mon 02 Mar 10:30  skipped  notice_due       R-1         superseded
        Mon 02 Mar 10:30  skipped  reminder_first   R-1         superseded
        Mon 02 Mar 10:30  skipped  reminder_second  R-1         superseded
        Mon 02 Mar 10:30  skipped  reminder_third   R-1         superseded
        Mon 02 Mar 10:30  email    notice_final     R-1         100.00 EUR
        """
    )


def test_with_next_an_invoice_first_seen_late_starts_softly_and_keeps_its_distances():
    steps = (a_step("first", 5), a_step("second", 20), a_step("third", 40))
    story = Story("2026-03-02 09:30", sequence=a_sequence(*steps, catch_up=CatchUp.NEXT))
    story.post("R-1", due="2026-01-16", issued="2026-01-02")
    story.until("2026-05-01 00:00")
    story.expect_messages(
        """
        Mon 02 Mar 10:30  email  first   R-1  100.00 EUR
        Tue 17 Mar 00:00  email  second  R-1  100.00 EUR
        Mon 06 Apr 00:00  email  third   R-1  100.00 EUR
        """
    )


def test_a_week_without_sweeps_is_caught_up_with_one_notice():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-14 00:00")
    story.clock.set(utc("2026-01-21 10:07"))
    story.sweep()
    story.until("2026-02-01 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming  R-1         100.00 EUR
        Wed 21 Jan 11:07  skipped  notice_due       R-1         superseded
        Wed 21 Jan 11:07  email    reminder_first   R-1         100.00 EUR
        Mon 26 Jan 09:00  sms      reminder_second  R-1         100.00 EUR
        """
    )
    assert story.case(invoice).results["reminder_first"].reason == "caught_up"


def test_a_missed_day_is_caught_up_with_the_one_notice_that_was_missed():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-14 00:00")
    story.clock.set(utc("2026-01-16 10:07"))
    story.sweep()
    story.until("2026-01-22 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Fri 16 Jan 11:07  email  notice_due       R-1  100.00 EUR
        Mon 19 Jan 09:00  email  reminder_first   R-1  100.00 EUR
        """
    )


def test_a_notice_before_the_due_date_is_not_sent_after_it():
    steps = (a_step("before", -5), a_step("long_after", 30))
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps))
    story.post("R-1", due="2026-01-15")
    story.clock.set(utc("2026-01-20 10:00"))
    story.sweep()
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1     100.00 EUR  due Thu 15 Jan
        Tue 20 Jan 11:00  skipped  before  R-1         past_due_date
        """
    )


def test_a_step_before_the_due_date_takes_what_is_due_at_or_after_its_day():
    """A step at -5 run on 18 July takes invoices due on 22 and 23 July (Dynamics community)."""
    story = Story("2020-07-18 08:00", sequence=a_sequence(a_step("before", -5)))
    for number in ("22", "23", "24"):
        story.post(number, due=f"2020-07-{number}", issued="2020-07-01")
    story.until("2020-07-18 20:00")
    story.expect_messages("Sat 18 Jul 10:00  email  before  22, 23  200.00 EUR")


def test_any_number_of_sweeps_a_day_changes_nothing():
    once, often = Story("2026-01-02 08:00"), Story("2026-01-02 08:00")
    for story in (once, often):
        story.post("R-1", due="2026-01-15")
        story.post("R-2", due="2026-01-15", customer=somebody("two", phone=None))
    once.until("2026-03-01 00:00")
    while often.clock.now() < datetime.fromisoformat("2026-03-01T00:00+00:00"):
        often.days(1)
        for _ in range(7):
            often.sweep()
    assert often.lines == once.lines


def test_a_hundred_sweeps_after_the_payment_send_nothing_more():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-15 10:00")
    story.pay(invoice)
    sent = len(story.email.attempts)
    for _ in range(100):
        story.clock.advance(hours=12)
        story.sweep()
    assert len(story.email.attempts) == sent == 2
    assert story.sms.attempts == []


def test_a_queue_message_that_got_lost_is_handed_over_again_by_the_straggler_sweep():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-12 07:00")
    story.clock.set(utc("2026-01-12 08:00"))
    story.sweep_and_lose()
    story.clock.set(utc("2026-01-12 08:05"))
    story.sweep()
    assert story.email.sent == []
    story.until("2026-01-12 12:00")
    story.expect_messages("Mon 12 Jan 09:15  email  notice_upcoming  R-1  100.00 EUR")
