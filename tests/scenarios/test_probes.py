"""Probes that other dunning systems fail, measured on Tryton 8.2 and known from issue trackers.

The first five are those of the peer's probe script: levels at 5, 20 and 40 days overdue.
"""

from __future__ import annotations

from threading import Barrier, Thread

from chalicelib.services.follow_up import follow_up
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.scenarios.story import Story
from tests.world import somebody

LEVELS = a_sequence(a_step("level_1", 5), a_step("level_2", 20), a_step("level_3", 40))
SEEN_LATE = "2026-03-02 09:00"


def an_invoice_first_seen_45_days_late():
    """Return the story and the invoice after the first sweep."""
    story = Story(SEEN_LATE, sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16", issued="2026-01-02")
    story.until("2026-03-02 09:01")
    return story, invoice


def test_1_an_invoice_first_seen_45_days_late_gets_one_notice():
    """Tryton starts it at the last level too, but sends one mail per processing."""
    story, _ = an_invoice_first_seen_45_days_late()
    assert [message.content.subject for message in story.email.sent] == ["level_3: R-1"]


def test_2_processing_the_same_step_again_sends_nothing():
    """Tryton sends the mail again."""
    story, invoice = an_invoice_first_seen_45_days_late()
    for _ in range(5):
        follow_up(story.ports, LIVE, invoice.customer_id, "email")
        follow_up(story.ports, LIVE, invoice.customer_id)
    assert len(story.email.attempts) == 1


def test_3_processing_a_blocked_case_sends_nothing_and_unblocking_goes_on_from_the_facts():
    """Tryton sends for what was selected before it was blocked."""
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16")
    story.until("2026-01-22 00:00")
    story.hold(invoice)
    for _ in range(5):
        follow_up(story.ports, LIVE, invoice.customer_id, "email")
    story.until("2026-02-15 00:00")
    story.expect_messages("Wed 21 Jan 00:00  email  level_1  R-1  100.00 EUR")
    story.release(invoice)
    story.until("2026-02-16 00:00")
    story.expect_messages(
        """
        Wed 21 Jan 00:00  email  level_1  R-1  100.00 EUR
        Sun 15 Feb 01:00  email  level_2  R-1  100.00 EUR
        """
    )


def test_4_a_part_payment_of_60_on_100_shows_40_in_the_next_message():
    """Tryton's mail still says 100."""
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16")
    story.until("2026-02-01 00:00")
    story.pay(invoice, 60_00)
    story.until("2026-02-06 00:00")
    text = story.email.sent[-1].content.text
    assert "40.00 EUR" in text
    assert "100.00" not in text


def test_5_a_fully_paid_invoice_that_was_already_selected_sends_nothing():
    """Tryton sends for a selected dunning whose line is reconciled meanwhile."""
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16")
    story.clock.set(utc("2026-01-20 23:00"))
    story.queues.put("email", [{"tenant": LIVE.key, "customer": invoice.customer_id}])
    story.pay(invoice)
    story.work()
    story.until("2026-04-01 00:00")
    assert story.email.attempts == []


def test_levels_come_in_order_and_a_blocked_one_waits():
    """Tryton's own scenario, restated: 4 days nothing, 5 level 1, 20 level 2, paid: gone."""
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16")
    story.until("2026-01-20 22:59")
    assert story.email.sent == []
    story.until("2026-02-10 00:00")
    story.pay(invoice)
    story.until("2026-04-01 00:00")
    story.expect_messages(
        """
        Wed 21 Jan 00:00  email  level_1  R-1  100.00 EUR
        Thu 05 Feb 00:00  email  level_2  R-1  100.00 EUR
        """
    )


def test_two_runs_at_once_on_the_same_100_due_steps_send_100():
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    customers = [
        story.post(f"R-{n}", due="2026-01-16", customer=somebody(f"c{n}")).customer_id
        for n in range(100)
    ]
    story.clock.set(utc("2026-01-21 10:00"))
    start = Barrier(2)

    def run() -> None:
        start.wait()
        for customer_id in customers:
            follow_up(story.ports, LIVE, customer_id, "email")

    runs = [Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert len(story.email.attempts) == 100
    assert len({message.to for message in story.email.attempts}) == 100


def test_a_part_payment_never_moves_the_case_back_or_past_a_step_silently():
    story = Story("2026-01-02 08:00", sequence=LEVELS)
    invoice = story.post("R-1", due="2026-01-16")
    for moment, cents in (("2026-01-22", 10_00), ("2026-02-04", 20_00), ("2026-02-20", 30_00)):
        story.until(f"{moment} 10:00")
        story.pay(invoice, cents)
    story.until("2026-04-01 00:00")
    story.expect_messages(
        """
        Wed 21 Jan 00:00  email  level_1  R-1  100.00 EUR
        Thu 05 Feb 00:00  email  level_2  R-1  70.00 EUR
        Wed 25 Feb 00:00  email  level_3  R-1  40.00 EUR
        """
    )
