"""A corrected address brings back what didn't arrive: once, and only what nobody dealt with."""

from __future__ import annotations

import pytest

from chalicelib.domain.invoice import Invoice
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.services.follow_up import follow_up
from tests.invariants.meddling import MeddledLedger
from tests.scenarios.story import Story
from tests.world import somebody


def a_notice_that_came_back(kind: EmailEventKind) -> tuple[Story, Invoice]:
    """Return the story of a customer without phone whose first e-mail came back after two hours."""
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    story.until("2026-01-12 10:00")
    story.mail_event(story.email.sent[-1], kind)
    return story, invoice


def test_a_corrected_address_brings_back_the_notice_that_bounced():
    story, invoice = a_notice_that_came_back(EmailEventKind.BOUNCED)
    story.until("2026-01-13 10:00")
    story.change(invoice, email="new@customer.example")
    story.until("2026-01-17 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR
        Mon 12 Jan 11:00  task   email: notice_upcoming  R-1  no_usable_address
        Tue 13 Jan 11:00  done   notice_upcoming         R-1  address_corrected
        Tue 13 Jan 11:00  email  notice_upcoming         R-1  100.00 EUR
        Fri 16 Jan 09:00  email  notice_due              R-1  100.00 EUR
        """
    )
    assert story.email.sent[-1].to == "new@customer.example"


def test_a_corrected_address_brings_back_only_the_latest_of_what_was_missed():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(email=None, phone=None))
    story.until("2026-01-20 10:00")
    story.change(invoice, phone="+4915112345678")
    story.until("2026-01-27 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  task  email: notice_upcoming  R-1  no_usable_address
        Thu 15 Jan 09:00  task  email: notice_due       R-1  no_usable_address
        Mon 19 Jan 09:00  task  email: reminder_first   R-1  no_usable_address
        Tue 20 Jan 11:00  done  notice_upcoming         R-1  address_corrected
        Tue 20 Jan 11:00  done  notice_due              R-1  address_corrected
        Tue 20 Jan 11:00  done  reminder_first          R-1  address_corrected
        Tue 20 Jan 11:00  sms   reminder_first          R-1  100.00 EUR
        Mon 26 Jan 09:00  sms   reminder_second         R-1  100.00 EUR
        """
    )


def test_what_a_person_has_dealt_with_isnt_sent_again():
    story, invoice = a_notice_that_came_back(EmailEventKind.BOUNCED)
    story.until("2026-01-13 10:00")
    story.complete(story.open_tasks(invoice)[0], "called them")
    story.change(invoice, email="new@customer.example")
    story.until("2026-01-15 10:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR
        Mon 12 Jan 11:00  task   email: notice_upcoming  R-1  no_usable_address
        Tue 13 Jan 11:00  done   notice_upcoming         R-1  called them
        Thu 15 Jan 09:00  email  notice_due              R-1  100.00 EUR
        """
    )


def test_what_reached_the_customer_by_sms_isnt_sent_again():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-12 10:00")
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED)
    story.until("2026-01-13 10:00")
    story.change(invoice, email="new@customer.example")
    story.until("2026-01-14 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Mon 12 Jan 11:00  sms    notice_upcoming  R-1  100.00 EUR
        """
    )


@pytest.mark.parametrize("corrected", ["2026-01-12 10:00", "2026-01-13 10:00"])
def test_a_complaint_goes_to_a_person_and_no_new_address_brings_another_mail(corrected: str):
    story, invoice = a_notice_that_came_back(EmailEventKind.COMPLAINED)
    story.until(corrected)
    story.change(invoice, email="new@customer.example")
    story.until("2026-01-14 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR
        Mon 12 Jan 11:00  task   email: notice_upcoming  R-1  complained
        """
    )


def test_an_address_corrected_before_anybody_looked_takes_the_step_along():
    story, invoice = a_notice_that_came_back(EmailEventKind.BOUNCED)
    story.change(invoice, email="new@customer.example")
    story.until("2026-01-13 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Mon 12 Jan 11:00  email  notice_upcoming  R-1  100.00 EUR
        """
    )


def test_the_same_address_again_brings_nothing_back():
    """Billing systems send all fields every night; what was refused once isn't sent every night."""
    story = Story("2026-01-02 08:00")
    story.email.script(Handover(Delivery.REFUSED, reason="rejected"))
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    story.until("2026-01-13 10:00")
    story.change(invoice, email="one@customer.example")
    story.until("2026-01-14 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR  failed: rejected
        Mon 12 Jan 09:00  task   email: notice_upcoming  R-1  refused
        """
    )


def test_a_bounce_that_comes_after_the_correction_sends_the_step_to_the_new_address():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    story.until("2026-01-12 10:00")
    story.change(invoice, email="new@customer.example")
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED)
    story.until("2026-01-13 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Mon 12 Jan 11:00  email  notice_upcoming  R-1  100.00 EUR
        """
    )
    assert story.email.sent[-1].to == "new@customer.example"


def test_what_ses_rejects_for_its_content_isnt_sent_again_to_the_same_address():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    story.until("2026-01-12 10:00")
    story.mail_event(story.email.sent[-1], EmailEventKind.REJECTED)
    story.change(invoice, email="one@customer.example")
    story.until("2026-01-13 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR
        Mon 12 Jan 11:00  task   email: notice_upcoming  R-1  refused
        """
    )


def test_a_worker_between_two_transactions_of_a_correction_hands_nothing_back_to_people():
    story = Story("2026-01-02 08:00", ledger=MeddledLedger())
    customer = somebody(email=None, phone=None)
    invoices = [story.post(f"R-{n}", due="2026-01-15", customer=customer) for n in range(80)]
    story.until("2026-01-12 10:00")
    commits: list[object] = []

    def let_a_worker_look(writes: object) -> None:
        commits.append(writes)
        if len(commits) == 1:
            follow_up(story.ports, story.tenant, invoices[0].customer_id, "action")

    story.ledger.after_commit = let_a_worker_look
    story.change(invoices[0], email="new@customer.example")
    story.ledger.after_commit = None
    story.until("2026-01-12 12:00")
    assert len(commits) > 1
    assert story.open_tasks(invoices[0]) == []
    told = [part for message in story.email.sent for part in message.content.text.splitlines()]
    assert len([line for line in told if line.startswith("R-")]) == 80
