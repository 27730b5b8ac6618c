"""Time to pay that a message gives: nothing firmer happens before it is over."""

from __future__ import annotations

from tests.builders import a_sequence, a_step, a_window
from tests.scenarios.story import Story

STEPS = (
    a_step("reminder", 3, pay_within_days=10),
    a_step("second", 12, min_amounts={"eur": 50_00}),
    a_step("last", 14, pay_within_days=7),
    a_step("call", 16, "call"),
)


def test_each_notice_sets_a_day_and_the_next_one_waits_for_it():
    """Ten days after 24 March 2026 is Good Friday: banks work again on Tuesday, 7 April."""
    story = Story(
        "2026-03-02 08:00", sequence=a_sequence(*STEPS, window=a_window(), catch_up="next")
    )
    story.post("R-1", due="2026-03-21", issued="2026-03-02")
    story.until("2026-05-30 00:00")

    story.expect_messages(
        """
        Tue 24 Mar 09:00  email  reminder   R-1  100.00 EUR
        Wed 08 Apr 09:00  email  second  R-1  100.00 EUR
        Fri 10 Apr 09:00  email  last  R-1  100.00 EUR
        Mon 20 Apr 09:00  task  call: call  R-1  for_a_person
        """
    )
    assert "pay by 2026-04-07" in story.email.sent[0].content.text
    assert "pay by" not in story.email.sent[1].content.text
    assert "pay by 2026-04-17" in story.email.sent[2].content.text


def test_what_is_paid_in_time_is_the_end_of_it():
    story = Story("2026-03-02 08:00", sequence=a_sequence(*STEPS))
    invoice = story.post("R-1", due="2026-03-21", issued="2026-03-02")
    story.until("2026-04-07 20:00")
    story.pay(invoice)
    story.until("2026-05-30 00:00")

    assert len(story.email.sent) == 1
