"""When a message can't reach the customer: another channel, or a person; never silence."""

from __future__ import annotations

from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from tests.scenarios.story import Story
from tests.world import somebody


def test_a_hard_bounce_moves_the_step_to_sms_and_all_later_ones_with_it():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-15 08:00")
    story.clock.set(story.clock.now().replace(minute=2))
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED)
    story.until("2026-01-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                   100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming       R-1         100.00 EUR
        Thu 15 Jan 09:00  email    notice_due            R-1         100.00 EUR
        Thu 15 Jan 09:02  stopped  one@customer.example  bounced
        Thu 15 Jan 09:02  log      notice_due            R-1         failed: bounced
        Thu 15 Jan 09:02  sms      notice_due            R-1         100.00 EUR
        Mon 19 Jan 09:00  sms      reminder_first        R-1         100.00 EUR
        """
    )


def test_after_bounce_and_opt_out_a_person_has_to_do_it():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-12 08:00")
    story.sms.opt_out("+4915112345678")
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED)
    story.until("2026-01-16 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                           100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming               R-1         100.00 EUR
        Mon 12 Jan 09:00  stopped  one@customer.example          bounced
        Mon 12 Jan 09:00  log      notice_upcoming               R-1  failed: bounced
        Mon 12 Jan 09:00  sms      notice_upcoming               R-1  100.00 EUR  failed: opted_out
        Mon 12 Jan 09:00  stopped  +4915112345678                opted_out
        Mon 12 Jan 09:00  task     email: notice_upcoming        R-1  no_usable_address
        Thu 15 Jan 09:00  task     email: notice_due             R-1  no_usable_address
        """
    )
    assert story.sms.sent == []


def test_a_complaint_goes_to_a_person_and_no_more_mail_leaves():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-15 10:00")
    story.mail_event(story.email.sent[-1], EmailEventKind.COMPLAINED)
    story.until("2026-03-01 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                   100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming       R-1         100.00 EUR
        Thu 15 Jan 09:00  email    notice_due            R-1         100.00 EUR
        Thu 15 Jan 11:00  stopped  one@customer.example  complained
        Thu 15 Jan 11:00  log      notice_due            R-1  failed: complained
        Thu 15 Jan 11:00  task     email: notice_due     R-1  complained
        Mon 19 Jan 09:00  sms      reminder_first        R-1  100.00 EUR
        Mon 26 Jan 09:00  sms      reminder_second       R-1  100.00 EUR
        Wed 04 Feb 09:00  sms      reminder_third        R-1  100.00 EUR
        Wed 18 Feb 09:00  sms      notice_final          R-1  100.00 EUR
        """
    )


def test_a_customer_without_any_address_is_never_silently_passed_over():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15", customer=somebody(email=None, phone=None))
    story.until("2026-03-01 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  task  email: notice_upcoming  R-1  no_usable_address
        Thu 15 Jan 09:00  task  email: notice_due       R-1  no_usable_address
        Mon 19 Jan 09:00  task  email: reminder_first   R-1  no_usable_address
        Mon 26 Jan 09:00  task  sms: reminder_second    R-1  no_usable_address
        Wed 04 Feb 09:00  task  email: reminder_third   R-1  no_usable_address
        Wed 18 Feb 09:00  task  email: notice_final     R-1  no_usable_address
        """
    )


def test_without_a_phone_the_sms_step_comes_by_email():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    story.until("2026-01-27 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        Mon 19 Jan 09:00  email  reminder_first   R-1  100.00 EUR
        Mon 26 Jan 09:00  email  reminder_second  R-1  100.00 EUR
        """
    )


def test_a_refused_recipient_is_recorded_and_the_step_goes_another_way_at_once():
    story = Story("2026-01-02 08:00")
    story.email.answers["one@customer.example"] = Handover(Delivery.REFUSED, reason="invalid")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-13 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                   100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming       R-1  100.00 EUR  failed: invalid
        Mon 12 Jan 09:00  stopped  one@customer.example  invalid
        Mon 12 Jan 09:00  sms      notice_upcoming       R-1  100.00 EUR
        """
    )


def test_a_message_refused_for_its_content_does_not_cost_the_customer_the_address():
    story = Story("2026-01-02 08:00")
    story.email.script(Handover(Delivery.REFUSED, reason="rejected"))
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR  failed: rejected
        Mon 12 Jan 09:00  sms    notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        """
    )
    assert story.customer(invoice).suppressed == {}


def test_a_soft_bounce_stops_nothing():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-12 10:00")
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED, permanent=False)
    story.until("2026-01-16 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        """
    )
