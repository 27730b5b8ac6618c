"""Webhooks stop arriving: whoever paid is found out in the provider's own list, and nobody is
reminded while that can't be read either."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.ports.payments import ProviderState
from chalicelib.services.catch_up_payments import catch_up_payments
from tests.builders import LIVE
from tests.scenarios.story import Story
from tests.world import somebody

EVERY = timedelta(minutes=5)


class Listening(Story):
    """A story in which the catch-up runs every five minutes while time passes."""

    def __init__(self, now: str = "2026-01-02 08:00") -> None:
        super().__init__(now)
        self.marks.begin(LIVE)

    def until(self, moment: str | datetime) -> None:
        end = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        end = end.replace(tzinfo=UTC)
        while self.clock.now() < end:
            catch_up_payments(self.ports)
            self._project()
            super().until(min(end, self.clock.now() + EVERY))

    def pays(self, invoice, state: ProviderState = ProviderState.SUCCEEDED) -> None:
        """Let an invoice be paid at the provider. No webhook comes."""
        self.payments.told.append(self.card(invoice, state=state, reference=f"pi_{invoice.number}"))


def test_with_the_webhook_endpoint_disabled_for_a_day_the_catch_up_brings_the_payment():
    story = Listening()
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-14 15:02")
    story.pays(invoice)
    story.until("2026-01-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         100.00 EUR
        Wed 14 Jan 16:07  paid    R-1              100.00 EUR  0.00 EUR left
        Wed 14 Jan 16:07  case    R-1              closed: paid
        """
    )


def test_with_the_list_closed_too_reminders_stop_and_nobody_is_reminded_of_what_was_paid():
    story = Listening()
    paying = story.post("R-1", due="2026-01-15", customer=somebody("paying"))
    story.post("R-2", due="2026-01-15", customer=somebody("owing"))
    story.until("2026-01-14 22:00")
    story.pays(paying)
    story.payments.down = True
    story.until("2026-01-15 22:00")
    story.payments.down = False
    story.until("2026-01-17 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Fri 02 Jan 09:00  posted  R-2              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-2         100.00 EUR
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 23:00  paid    R-1              100.00 EUR  0.00 EUR left
        Thu 15 Jan 23:00  case    R-1              closed: paid
        Fri 16 Jan 09:00  email   notice_due       R-2         100.00 EUR
        """
    )


def test_an_outage_shorter_than_the_limit_holds_nothing_up():
    story = Listening()
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-15 03:00")
    story.payments.down = True
    story.until("2026-01-15 08:30")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        """
    )


def test_a_debit_that_failed_unheard_is_followed_up_again():
    story = Listening()
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-14 12:00")
    story.pays(invoice, ProviderState.PROCESSING)
    story.until("2026-01-18 12:00")
    story.pays(invoice, ProviderState.FAILED)
    story.until("2026-01-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1              100.00 EUR          due Thu 15 Jan
        Mon 12 Jan 09:00  email    notice_upcoming  R-1                 100.00 EUR
        Wed 14 Jan 13:05  paused   R-1              payment_processing
        Sun 18 Jan 13:05  resumed  R-1              payment_processing
        Mon 19 Jan 09:00  skipped  notice_due       R-1                 superseded
        Mon 19 Jan 09:00  email    reminder_first   R-1                 100.00 EUR
        """
    )
