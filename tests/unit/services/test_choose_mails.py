"""Reminders by e-mail stop with a click, legal notices don't, and it can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import Consent, Covers
from chalicelib.domain.sequence import FINAL_NOTICE
from chalicelib.services.choose_mails import choose_mails, show_mail_page
from chalicelib.services.pay_page import Visit
from chalicelib.services.record_consent import record_consent
from tests.builders import LIVE, a_creditor
from tests.deeds import OFFICE
from tests.world import World, somebody


def choose(world: World, invoice: Invoice, *, wanted: bool) -> str | None:
    visit = Visit(LIVE, invoice.customer_id)
    return choose_mails(world.ports, visit, wanted=wanted, source="unsubscribe_page")


def state(world: World, invoice: Invoice) -> str:
    return show_mail_page(world.ports, Visit(LIVE, invoice.customer_id), form_action="").state


def test_reminders_go_another_way_and_the_final_notice_by_mail_all_the_same():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 08:05")
    assert choose(world, invoice, wanted=False) == "stopped"

    world.days(60)

    mails = [entry.content.subject.partition(":")[0] for entry in world.email.sent]
    assert mails == ["notice_upcoming", FINAL_NOTICE]
    assert len(world.sms.sent) == 4


def test_only_reminders_have_the_button_of_the_mail_program():
    world = World()
    world.post("R-1", due="2026-01-15")
    world.days(60)
    urls = {
        mail.content.subject.partition(":")[0]: mail.unsubscribe_url for mail in world.email.sent
    }
    assert urls.pop(FINAL_NOTICE) is None
    assert all(url and url.endswith("/emails") for url in urls.values())


def test_taken_back_mails_come_again():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(phone=None))
    choose(world, invoice, wanted=False)
    world.until("2026-01-12 08:05")
    assert [task.reason for task in world.open_tasks(invoice)] == ["no_usable_address"]

    assert choose(world, invoice, wanted=True) == "resumed"
    world.days(1)

    assert len(world.email.sent) == 1
    assert world.open_tasks(invoice) == []


def test_clicked_twice_it_is_recorded_once():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    choose(world, invoice, wanted=False)
    written = len(world.ledger.changes)
    assert choose(world, invoice, wanted=False) is None
    assert len(world.ledger.changes) == written


def test_a_link_takes_no_objection_back_that_was_told_a_person():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    objected = Consent(given=False, source="letter", at=world.now())
    record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "email", objected)

    assert state(world, invoice) == "objected"
    assert choose(world, invoice, wanted=True) is None
    assert choose(world, invoice, wanted=False) is None
    assert world.customer(invoice).consents == {"email": objected}


def test_what_was_said_is_kept_with_source_and_reach():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    choose(world, invoice, wanted=False)
    said = world.customer(invoice).consents["email"]
    assert (said.source, said.covers, said.at) == (
        "unsubscribe_page",
        Covers.REMINDERS,
        world.now(),
    )


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_nothing_is_claimed_after_a_refusal_that_comes_while_a_message_is_prepared(channel: str):
    """The message is decided on and about to be claimed; then the customer says no."""
    world = World()
    facts = {"phone": None} if channel == "email" else {"email": None}
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**facts))
    refused = Consent(given=False, source="phone", at=world.now())
    turn = world.ports.sending.turn

    def refuse_meanwhile(asked: str) -> float:
        if not world.customer(invoice).consents:
            now = replace(refused, at=world.now())
            record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, channel, now)
        return turn(asked)

    world.sending.turn = refuse_meanwhile  # type: ignore[method-assign]
    world.until("2026-01-12 08:05")

    assert world.customer(invoice).consents
    assert world.email.attempts == world.sms.attempts == []
    assert [task.reason for task in world.open_tasks(invoice)] == ["no_usable_address"]


def test_a_creditor_who_asks_first_sends_sms_to_who_agreed_only():
    world = World()
    world.ledger.save_creditor(a_creditor(sms_needs_consent=True, default_sequence=DEFAULT.id))
    silent = world.post("R-1", due="2026-01-15", customer=somebody("one", email=None))
    agreed = world.post("R-2", due="2026-01-15", customer=somebody("two", email=None))
    yes = Consent(given=True, source="web_form", at=world.now())
    record_consent(world.ports, LIVE, OFFICE, agreed.customer_id, "sms", yes)
    world.until("2026-01-12 08:05")

    assert len(world.sms.sent) == 1
    assert [task.reason for task in world.open_tasks(silent)] == ["no_usable_address"]

    record_consent(
        world.ports, LIVE, OFFICE, silent.customer_id, "sms", replace(yes, at=world.now())
    )
    world.days(1)
    assert len(world.sms.sent) == 2
    assert world.open_tasks(silent) == []


def test_an_address_changed_gives_no_task_back_that_waits_for_consent():
    world = World()
    world.ledger.save_creditor(a_creditor(sms_needs_consent=True, default_sequence=DEFAULT.id))
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None))
    world.until("2026-01-12 08:05")
    [task] = world.open_tasks(invoice)
    world.change(invoice, phone="+4915112345679")
    world.days(1)
    assert world.open_tasks(invoice) == [task]
