"""Office hours, weekends, public holidays and clocks are the customer's, wherever that is."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import WEEK
from chalicelib.ports.storage import Cursor
from tests.builders import a_sequence, a_step, a_window, utc
from tests.scenarios.story import Story
from tests.world import somebody


def test_nobody_is_written_to_on_a_weekend_or_on_a_public_holiday_of_their_country():
    """5 and 6 April 2026 are Easter; Easter Monday is a holiday in Germany, not in the USA."""
    story = Story("2026-03-20 08:00")
    american = somebody("us", country="US", timezone="America/New_York")
    story.post("DE-1", due="2026-04-02", issued="2026-03-20")
    story.post("US-1", due="2026-04-02", issued="2026-03-20", customer=american)
    story.until("2026-04-08 00:00")
    story.expect_messages(
        """
        Mon 30 Mar 09:00  email  notice_upcoming  DE-1  100.00 EUR
        Mon 30 Mar 09:00  email  notice_upcoming  US-1  100.00 EUR
        Thu 02 Apr 09:00  email  notice_due       DE-1  100.00 EUR
        Thu 02 Apr 09:00  email  notice_due       US-1  100.00 EUR
        Mon 06 Apr 09:00  email  reminder_first   US-1  100.00 EUR
        Tue 07 Apr 09:00  email  reminder_first   DE-1  100.00 EUR
        """
    )


def test_a_notice_that_comes_up_after_office_hours_waits_for_the_next_morning():
    story = Story("2026-01-19 15:50")
    story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.post("R-2", due="2026-01-15", issued="2026-01-01", customer=somebody("two"))
    story.until("2026-01-19 15:59")
    late = story.post("R-3", due="2026-01-15", issued="2026-01-01", customer=somebody("three"))
    story.clock.set(utc("2026-01-19 16:00"))
    story.sweep()
    story.until("2026-01-20 12:00")
    told = [line for line in story.lines if line[1] == "email"]
    assert [line[0] for line in told] == ["Mon 19 Jan 16:50"] * 2 + ["Tue 20 Jan 09:00"]
    assert told[-1][3] == late.number


def test_nine_in_the_morning_is_nine_in_the_morning_in_every_zone():
    for zone, first, second in (
        ("America/New_York", "2026-03-05 14:00", "2026-03-10 13:00"),  # clocks change on the 8th
        ("Asia/Kathmandu", "2026-03-05 03:15", "2026-03-10 03:15"),
        ("Pacific/Apia", "2026-03-04 20:00", "2026-03-09 20:00"),
        ("Europe/Berlin", "2026-03-05 08:00", "2026-03-10 08:00"),
    ):
        steps = (a_step("first", 0), a_step("second", 5))
        story = Story("2026-03-02 08:00", sequence=a_sequence(*steps, window=a_window()))
        customer = somebody(country="XX", timezone=zone)
        story.post("R-1", due="2026-03-05", issued="2026-03-01", customer=customer)
        story.until("2026-03-12 00:00")
        story.expect_messages(
            """
            Thu 05 Mar 09:00  email  first   R-1  100.00 EUR
            Tue 10 Mar 09:00  email  second  R-1  100.00 EUR
            """
        )
        assert _sent_at(story) == [utc(first), utc(second)], zone


def test_an_hour_that_the_clocks_skip_or_repeat_neither_loses_nor_doubles_a_message():
    """In New York 02:30 doesn't exist on 8 March 2026, and 01:30 comes twice on 1 November."""
    for due, opens, sent in (
        ("2026-03-08", "02:30", "2026-03-08 07:30"),
        ("2026-11-01", "01:30", "2026-11-01 05:30"),
    ):
        everyday = a_window(opens, "04:00", days=WEEK, skip_holidays=False)
        sequence = a_sequence(a_step("night", 0), window=everyday)
        story = Story(f"{due} 00:00", sequence=sequence)
        american = somebody(country="US", timezone="America/New_York")
        story.post("R-1", due=due, issued="2026-01-01", customer=american)
        story.days(2)
        assert _sent_at(story) == [utc(sent)], due


def test_a_customer_who_moves_gets_office_hours_of_the_new_home():
    story = Story("2026-01-02 08:00")
    west = story.post("R-1", due="2026-01-15")
    east = story.post("R-2", due="2026-01-15", customer=somebody("two"))
    story.until("2026-01-13 10:00")
    story.change(west, timezone="America/New_York", country="US")
    story.change(east, timezone="Pacific/Apia", country="WS")
    story.lines.clear()
    story.until("2026-01-16 00:00")
    story.expect(
        """
        Thu 15 Jan 09:00  email  notice_due  R-2  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due  R-1  100.00 EUR
        """
    )
    assert _sent_at(story)[-2:] == [utc("2026-01-14 20:00"), utc("2026-01-15 14:00")]


def test_messages_to_one_customer_keep_their_distance_also_between_invoices():
    steps = (a_step("due", 0), a_step("first", 2), a_step("second", 10))
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps, min_gap_days=5))
    story.post("R-1", due="2026-01-15")
    story.post("R-2", due="2026-01-16")
    story.until("2026-02-15 00:00")
    story.expect_messages(
        """
        Thu 15 Jan 00:00  email  due     R-1       100.00 EUR
        Tue 20 Jan 00:00  email  first   R-1, R-2  200.00 EUR
        Sun 25 Jan 00:00  email  second  R-1       100.00 EUR
        Fri 30 Jan 00:00  email  second  R-2       100.00 EUR
        """
    )


def test_a_call_is_not_held_up_by_the_gap_that_a_message_waits_for():
    steps = (a_step("mail", 0), a_step("call", 1, "call"))
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps, min_gap_days=4))
    story.post("R-1", due="2026-01-15")
    story.post("R-2", due="2026-01-16")
    story.until("2026-02-15 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1         100.00 EUR  due Thu 15 Jan
        Fri 02 Jan 09:00  posted   R-2         100.00 EUR  due Fri 16 Jan
        Thu 15 Jan 00:00  email    mail        R-1         100.00 EUR
        Fri 16 Jan 00:00  task     call: call  R-1         for_a_person
        Sat 17 Jan 00:00  task     call: call  R-2         for_a_person
        Sat 17 Jan 00:00  skipped  mail        R-2         superseded
        """
    )


def test_days_of_grace_are_not_yet_overdue():
    """With 3 days of grace, 1 day in arrears isn't overdue (SAP FI dunning documentation)."""
    steps = (a_step("before", -2), a_step("overdue", 1), a_step("later", 10))
    story = Story("2024-03-01 08:00", sequence=a_sequence(*steps, grace_days=3))
    story.post("R-1", due="2024-03-12")
    story.until("2024-04-01 00:00")
    story.expect_messages(
        """
        Sun 10 Mar 00:00  email  before   R-1  100.00 EUR
        Sat 16 Mar 00:00  email  overdue  R-1  100.00 EUR
        Fri 22 Mar 00:00  email  later    R-1  100.00 EUR
        """
    )


def test_a_step_asks_for_a_minimum_amount_and_share():
    steps = (
        a_step("any", 1),
        a_step("worth_it", 5, min_amount=50_00),
        a_step("most_of_it", 10, min_percent=50),
        a_step("last", 15),
    )
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps))
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-17 00:00")
    story.pay(invoice, 50_00)
    story.until("2026-01-22 00:00")
    story.pay(invoice, 1)
    story.until("2026-02-15 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1         100.00 EUR  due Thu 15 Jan
        Fri 16 Jan 00:00  email    any         R-1         100.00 EUR
        Sat 17 Jan 01:00  paid     R-1         50.00 EUR   50.00 EUR left
        Tue 20 Jan 00:00  email    worth_it    R-1         50.00 EUR
        Thu 22 Jan 01:00  paid     R-1         0.01 EUR    49.99 EUR left
        Sun 25 Jan 00:00  skipped  most_of_it  R-1         below_minimum
        Fri 30 Jan 00:00  email    last        R-1         49.99 EUR
        """
    )


def _sent_at(story: Story) -> list[datetime]:
    page = story.ledger.communications_page(story.tenant, Cursor(100))
    return sorted(each.sent_at for each in page.data if each.sent_at)
