"""Sixty days of a customer who is tired of reminders, says so in every way, and pays in the end."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.messages import InboundSms
from chalicelib.services.choose_mails import choose_mails
from chalicelib.services.pay_page import Visit
from chalicelib.services.receive_sms import receive_sms
from tests.builders import LIVE, a_creditor
from tests.scenarios.story import Story

OURS = "+4915119999999"
PHONE = "+4915112345678"


def a_story() -> Story:
    story = Story("2026-01-02 08:00")
    story.ledger.save_creditor(a_creditor(sms_number=OURS, default_sequence=DEFAULT.id))
    return story


def writes(story: Story, words: str, *, at: datetime | None = None) -> None:
    moment = at or story.now()
    receive_sms(story.ports, InboundSms(f"{words} {moment}", PHONE, OURS, words, moment))


def clicks(story: Story, customer_id: str, tenant: Tenant = LIVE, *, wanted: bool) -> None:
    visit = Visit(tenant, customer_id)
    choose_mails(story.ports, visit, wanted=wanted, source="one_click")


def test_unsubscribed_then_stopped_then_a_legal_notice_and_back():
    """The final notice comes by mail; what nobody may send, a person does; START undoes STOP."""
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-13 08:00")
    clicks(story, invoice.customer_id, wanted=False)
    story.until("2026-01-20 12:00")
    writes(story, "Stopp")
    story.until("2026-02-05 12:00")
    writes(story, "START")
    story.until("2026-03-01 00:00")

    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming         R-1  100.00 EUR
        Thu 15 Jan 09:00  sms    notice_due              R-1  100.00 EUR
        Mon 19 Jan 09:00  sms    reminder_first          R-1  100.00 EUR
        Tue 20 Jan 13:00  sms    inbound_message         received
        Tue 20 Jan 13:00  sms    answer_stop             unconfirmed
        Mon 26 Jan 09:00  task   sms: reminder_second    R-1  no_usable_address
        Wed 04 Feb 09:00  task   email: reminder_third   R-1  no_usable_address
        Thu 05 Feb 13:00  done   reminder_second         R-1  address_corrected
        Thu 05 Feb 13:00  done   reminder_third          R-1  address_corrected
        Thu 05 Feb 13:00  sms    inbound_message         received
        Thu 05 Feb 13:00  sms    answer_start            unconfirmed
        Thu 05 Feb 13:00  sms    reminder_third          R-1  100.00 EUR
        Wed 18 Feb 09:00  email  notice_final            R-1  100.00 EUR
        """
    )


def test_a_late_stop_doesnt_undo_a_start():
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15")
    noon = datetime(2026, 1, 10, 12, tzinfo=UTC)
    story.until("2026-01-10 13:00")
    writes(story, "START")
    writes(story, "STOP", at=noon)
    assert story.customer(invoice).usable_phone() == PHONE
