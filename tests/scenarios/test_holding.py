"""What a hold costs the customer in time, and what is said when it ends.

The invoice, the steps and the answers after each hold are those of Microsoft's documentation of
Dynamics 365 Finance (collections process automation, FAQ): `leading_invoice_process`.
"""

from __future__ import annotations

import pytest

from chalicelib.domain.sequence import CatchUp, Sequence
from tests.builders import LIVE, a_sequence, a_step
from tests.scenarios.story import Story

STEPS = (
    a_step("email", -5),
    a_step("letter_1", 1, "letter"),
    a_step("letter_2", 7, "letter"),
    a_step("letter_3", 14, "letter"),
    a_step("call", 15, "call"),
)


def a_story(sequence: Sequence) -> Story:
    """Begin when the leading invoice is posted."""
    return Story("2020-01-02 08:00", sequence=sequence)


def test_the_leading_invoice_runs_through_every_step_on_its_day():
    story = a_story(a_sequence(*STEPS))
    story.post("R-1", due="2020-01-15")
    story.until("2020-03-02 00:00")
    story.expect_messages(
        """
        Fri 10 Jan 00:00  email  email             R-1  100.00 EUR
        Thu 16 Jan 00:00  task   letter: letter_1  R-1  for_a_person
        Wed 22 Jan 00:00  task   letter: letter_2  R-1  for_a_person
        Wed 29 Jan 00:00  task   letter: letter_3  R-1  for_a_person
        Thu 30 Jan 00:00  task   call: call        R-1  for_a_person
        """
    )


@pytest.mark.parametrize(
    ("catch_up", "until", "first_said"),
    [
        (CatchUp.LATEST, "2020-01-24", "letter: letter_2"),
        (CatchUp.LATEST, "2020-02-02", "call: call"),
        (CatchUp.NEXT, "2020-02-02", "letter: letter_1"),
    ],
)
def test_a_hold_that_ends_lets_exactly_one_step_run(catch_up: CatchUp, until: str, first_said: str):
    story = a_story(a_sequence(*STEPS, catch_up=catch_up))
    invoice = story.post("R-1", due="2020-01-15")
    story.until("2020-01-11 00:00")
    story.hold(invoice, until)
    story.lines.clear()
    story.until(f"{until} 12:00")
    said = [line for line in story.lines if line[1] == "task"]
    assert [line[2] for line in said] == [first_said]


def test_after_a_hold_next_keeps_the_distance_between_steps():
    story = a_story(a_sequence(*STEPS, catch_up=CatchUp.NEXT))
    invoice = story.post("R-1", due="2020-01-15")
    story.until("2020-01-11 00:00")
    story.hold(invoice, "2020-02-02")
    story.until("2020-04-01 00:00")
    story.expect(
        """
        Thu 02 Jan 09:00  posted  R-1               100.00 EUR  due Wed 15 Jan
        Fri 10 Jan 00:00  email   email             R-1  100.00 EUR
        Sat 11 Jan 01:00  paused  R-1               hold
        Sun 02 Feb 01:00  task    letter: letter_1  R-1  for_a_person
        Sat 08 Feb 00:00  task    letter: letter_2  R-1  for_a_person
        Sat 15 Feb 00:00  task    letter: letter_3  R-1  for_a_person
        Sun 16 Feb 00:00  task    call: call        R-1  for_a_person
        """
    )


def test_a_held_case_says_nothing_until_it_is_released_and_then_says_one_thing():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    story.hold(invoice)
    story.until("2026-02-05 13:00")
    story.release(invoice)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 09:00  email    notice_due       R-1         100.00 EUR
        Fri 16 Jan 11:00  paused   R-1              hold
        Thu 05 Feb 14:00  resumed  R-1              hold
        Thu 05 Feb 14:00  skipped  reminder_first   R-1         superseded
        Thu 05 Feb 14:00  skipped  reminder_second  R-1         superseded
        Thu 05 Feb 14:00  email    reminder_third   R-1         100.00 EUR
        Wed 18 Feb 09:00  email    notice_final     R-1         100.00 EUR
        """
    )


def test_a_blocked_case_sends_nothing_even_when_its_message_is_already_queued():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.clock.set(story.case(invoice).due_at)
    story.queues.put("email", [{"tenant": LIVE.key, "customer": invoice.customer_id}])
    story.hold(invoice)
    story.sweep()
    story.until("2026-02-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1  100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  paused  R-1  hold
        """
    )


def test_one_invoice_on_hold_does_not_silence_the_others():
    story = Story("2026-01-02 08:00")
    held = story.post("R-1", due="2026-01-15")
    story.post("R-2", due="2026-01-15")
    story.hold(held)
    story.until("2026-01-16 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-2  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-2  100.00 EUR
        """
    )


def test_a_hold_survives_payment_and_reopening():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.hold(invoice)
    story.until("2026-01-16 10:00")
    paid = story.hear(story.card(invoice))
    story.until("2026-01-20 10:00")
    story.hear(story.later(paid, "charge.refunded", refunded=100_00))
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1  100.00 EUR   due Thu 15 Jan
        Fri 02 Jan 09:00  paused  R-1  hold
        Fri 16 Jan 11:00  paid    R-1  100.00 EUR   0.00 EUR left
        Fri 16 Jan 11:00  case    R-1  closed: paid
        Tue 20 Jan 11:00  paid    R-1  -100.00 EUR  100.00 EUR left
        Tue 20 Jan 11:00  case    R-1  reopened
        """
    )
