"""Payments through the provider: refunds, chargebacks, debits that take their days."""

from __future__ import annotations

from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.scenarios.story import Story


def paid_by_card_after_the_first_reminder() -> tuple[Story, ProviderPayment]:
    """Return the story up to 19 January, and what the provider said."""
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-19 10:00")
    return story, story.hear(story.card(invoice))


def debited_before_the_first_reminder() -> tuple[Story, ProviderPayment]:
    """Return the story up to 16 January, and what the provider said: it is processing."""
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    return story, story.hear(story.card(invoice, state=ProviderState.PROCESSING))


def test_a_refund_reopens_the_case_and_follow_up_goes_on_where_it_was():
    story, paid = paid_by_card_after_the_first_reminder()
    story.until("2026-01-28 10:00")
    story.hear(story.later(paid, "charge.refunded", refunded=100_00))
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR   due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1          100.00 EUR
        Thu 15 Jan 09:00  email   notice_due       R-1          100.00 EUR
        Mon 19 Jan 09:00  email   reminder_first   R-1          100.00 EUR
        Mon 19 Jan 11:00  paid    R-1              100.00 EUR   0.00 EUR left
        Mon 19 Jan 11:00  case    R-1              closed: paid
        Wed 28 Jan 11:00  paid    R-1              -100.00 EUR  100.00 EUR left
        Wed 28 Jan 11:00  case    R-1              reopened
        Wed 04 Feb 09:00  sms     reminder_second  R-1          100.00 EUR
        Fri 13 Feb 09:00  email   reminder_third   R-1          100.00 EUR
        Fri 27 Feb 09:00  email   notice_final     R-1          100.00 EUR
        """
    )


def test_a_part_refund_asks_for_what_was_given_back_only():
    story, paid = paid_by_card_after_the_first_reminder()
    story.until("2026-01-21 10:00")
    story.hear(story.later(paid, "charge.refunded", refunded=25_00))
    story.until("2026-01-29 00:00")
    last = ("Wed 28 Jan 09:00", "sms", "reminder_second", "R-1", "25.00 EUR")
    assert story.lines[-1] == last


def test_an_open_chargeback_holds_the_case_and_calls_a_person_and_a_won_one_closes_it():
    story, paid = paid_by_card_after_the_first_reminder()
    story.until("2026-01-28 10:00")
    story.hear(story.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00))
    story.until("2026-02-26 10:00")
    story.hear(story.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0))
    story.until("2026-04-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                      100.00 EUR   due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming          R-1          100.00 EUR
        Thu 15 Jan 09:00  email    notice_due               R-1          100.00 EUR
        Mon 19 Jan 09:00  email    reminder_first           R-1          100.00 EUR
        Mon 19 Jan 11:00  paid     R-1                      100.00 EUR   0.00 EUR left
        Mon 19 Jan 11:00  case     R-1                      closed: paid
        Wed 28 Jan 11:00  task     investigate: chargeback  R-1          …
        Wed 28 Jan 11:00  paid     R-1                      -100.00 EUR  100.00 EUR left
        Wed 28 Jan 11:00  case     R-1                      reopened
        Wed 28 Jan 11:00  paused   R-1                      dispute
        Thu 26 Feb 11:00  done     chargeback               R-1          won
        Thu 26 Feb 11:00  paid     R-1                      100.00 EUR   0.00 EUR left
        Thu 26 Feb 11:00  case     R-1                      closed: paid
        Thu 26 Feb 11:00  resumed  R-1                      dispute
        """
    )


def test_a_lost_chargeback_lets_follow_up_go_on_with_the_next_notice():
    story, paid = paid_by_card_after_the_first_reminder()
    story.until("2026-01-28 10:00")
    story.hear(story.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00))
    story.until("2026-02-26 10:00")
    story.lines.clear()
    story.hear(story.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=100_00))
    story.until("2026-04-20 00:00")
    story.expect(
        """
        Thu 26 Feb 11:00  done     chargeback       R-1  lost
        Thu 26 Feb 11:00  resumed  R-1              dispute
        Thu 26 Feb 11:00  sms      reminder_second  R-1  100.00 EUR
        Mon 09 Mar 09:00  email    reminder_third   R-1  100.00 EUR
        Mon 23 Mar 09:00  email    notice_final     R-1  100.00 EUR
        """
    )


def test_a_lost_chargeback_that_an_appeal_wins_closes_the_case():
    story, paid = paid_by_card_after_the_first_reminder()
    story.until("2026-01-28 10:00")
    story.hear(story.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00))
    story.until("2026-02-26 10:00")
    story.hear(story.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=100_00))
    story.until("2026-03-02 10:00")
    story.lines.clear()
    story.hear(story.later(paid, "charge.dispute.updated", dispute="dp_1", disputed=100_00))
    story.until("2026-03-04 10:00")
    story.hear(story.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0))
    story.until("2026-04-20 00:00")
    story.expect(
        """
        Wed 04 Mar 11:00  paid  R-1  100.00 EUR  0.00 EUR left
        Wed 04 Mar 11:00  case  R-1  closed: paid
        """
    )


def test_a_debit_in_processing_holds_reminders_and_its_failure_lets_them_go_on():
    story, debit = debited_before_the_first_reminder()
    story.until("2026-01-23 10:00")
    story.hear(
        story.later(
            debit, "payment_intent.payment_failed", state=ProviderState.FAILED, failure="R1"
        )
    )
    story.until("2026-01-30 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 09:00  email    notice_due       R-1         100.00 EUR
        Fri 16 Jan 11:00  paused   R-1              payment_processing
        Fri 23 Jan 11:00  resumed  R-1              payment_processing
        Fri 23 Jan 11:00  email    reminder_first   R-1         100.00 EUR
        Mon 26 Jan 09:00  sms      reminder_second  R-1         100.00 EUR
        """
    )


def test_a_debit_that_succeeds_closes_the_case_without_another_word():
    story, debit = debited_before_the_first_reminder()
    story.until("2026-01-23 10:00")
    succeeded = {"state": ProviderState.SUCCEEDED, "refunded": 0}
    story.hear(story.later(debit, "payment_intent.succeeded", **succeeded))
    story.until("2026-03-30 00:00")
    assert [line[1:] for line in story.lines[3:]] == [
        ("paused", "R-1", "payment_processing"),
        ("paid", "R-1", "100.00 EUR", "0.00 EUR left"),
        ("case", "R-1", "closed: paid"),
        ("resumed", "R-1", "payment_processing"),
    ]


def test_a_debit_of_which_nobody_hears_again_stops_holding_after_twenty_six_days():
    story, _ = debited_before_the_first_reminder()
    story.until("2026-02-13 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        Wed 11 Feb 11:00  email  reminder_third   R-1  100.00 EUR
        """
    )


def test_a_failed_card_payment_changes_nothing_about_the_follow_up():
    tried, quiet = Story("2026-01-02 08:00"), Story("2026-01-02 08:00")
    for story in (tried, quiet):
        invoice = story.post("R-1", due="2026-01-15")
        story.until("2026-01-16 10:00")
        if story is tried:
            story.hear(story.card(invoice, state=ProviderState.FAILED))
        story.until("2026-03-01 00:00")
    assert tried.lines == quiet.lines
