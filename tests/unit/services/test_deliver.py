"""What leaves: sender, address, link and amounts; and the id under which everybody knows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import CLAIM_SETTLES_AFTER, Outcome
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.errors import NotFoundError
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover, SmsMessage
from chalicelib.services.follow_up import follow_up
from tests.builders import LIVE, a_creditor, utc
from tests.fakes.ledger import InMemoryLedger
from tests.invariants.meddling import MeddledLedger, is_claim
from tests.world import Crash, World, somebody

DUE = utc("2026-01-12 08:00")


def a_due_notice(**facts: object):
    """Return a world in which a notice is due, and its invoice."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**facts))
    world.clock.set(DUE)
    return world, invoice


def test_an_email_comes_from_the_creditor_and_names_customer_and_page():
    world, invoice = a_due_notice()
    follow_up(world.ports, LIVE, invoice.customer_id)
    (message,) = world.email.sent
    creditor = a_creditor()
    assert (message.sender_name, message.sender_email) == (creditor.name, creditor.sender_email)
    assert (message.reply_to, message.to) == (creditor.reply_to, "one@customer.example")
    assert message.to_name == "Customer one"
    token = f"{LIVE.key}~{invoice.customer_id}~{message.communication_id}"
    assert f"pay: https://pay.test/pay/{token}" in message.content.text


def test_an_sms_comes_from_the_creditors_sender_id():
    world, invoice = a_due_notice(email=None)
    follow_up(world.ports, LIVE, invoice.customer_id)
    (message,) = world.sms.sent
    assert (message.sender_id, message.to) == ("Nordlicht", "+4915112345678")
    assert "R-1: 100.00 EUR" in message.text


def test_the_log_entry_says_what_was_sent_to_whom_about_what_and_why():
    world, invoice = a_due_notice()
    follow_up(world.ports, LIVE, invoice.customer_id)
    log = world.ledger.communication(LIVE, world.email.sent[0].communication_id)
    assert log is not None
    assert (log.status, log.channel, log.template) == (
        CommunicationStatus.SENT,
        "email",
        "notice_upcoming",
    )
    assert (log.to, log.subject) == ("one@customer.example", "notice_upcoming: R-1")
    assert (log.invoices, log.amounts) == ((invoice.id,), {"eur": 100_00})
    assert (log.provider_id, log.sent_at, log.created_at) == ("provider-1", DUE, DUE)
    result = world.case(invoice).results["notice_upcoming"]
    assert (result.outcome, result.communication) == (Outcome.SENT, log.id)


def test_the_claim_carries_the_id_under_which_the_message_leaves():
    world, invoice = a_due_notice()
    claimed: list[str] = []

    def look(writes) -> None:
        if is_claim(writes):
            claimed.extend(write.after.claim.communication for write in writes)

    world.ledger.before_commit = look
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert claimed == [world.email.sent[0].communication_id]


def test_the_id_follows_from_cases_steps_and_versions_and_not_from_chance():
    ids = set()
    for drawn in range(3):
        world = World("2026-01-02 08:00", seed=1)
        invoice = world.post("R-1", due="2026-01-15")
        world.clock.set(DUE)
        for _ in range(drawn):
            world.ports.chance.bits(8)
        follow_up(world.ports, LIVE, invoice.customer_id)
        ids.add(world.email.sent[0].communication_id)
    assert len(ids) == 1


def test_a_released_message_leaves_later_under_another_id():
    """The case's version is part of the meaning, so an event about the first can't settle it."""
    world, invoice = a_due_notice()
    world.email.script(Handover(Delivery.NOT_NOW))
    world.queues.put("email", [{"tenant": LIVE.key, "customer": invoice.customer_id}])
    world.work()
    world.work()
    first, second = world.email.attempts
    assert first.communication_id != second.communication_id


def test_a_claim_is_looked_at_in_time_though_its_case_was_to_wait_for_days():
    """The second waits because of the first, which didn't arrive; so it goes before its moment."""
    world, first = a_due_notice()
    follow_up(world.ports, LIVE, first.customer_id)
    second = world.post("R-2", due="2026-01-15")
    world.clock.advance(minutes=2)
    follow_up(world.ports, LIVE, first.customer_id)
    assert world.case(second).due_at > DUE + timedelta(days=1)
    world.mail_event(world.email.sent[0], EmailEventKind.COMPLAINED)
    world.pay(first)

    def dies(_message: SmsMessage) -> None:
        raise Crash

    world.sms.before_answer = dies
    with pytest.raises(Crash):
        follow_up(world.ports, LIVE, first.customer_id)

    claimed = world.case(second)
    assert claimed.claim
    assert claimed.due_at == claimed.claim.at + CLAIM_SETTLES_AFTER


def test_a_message_whose_creditor_is_gone_is_an_error_and_claims_nothing():
    world, invoice = a_due_notice()
    sequences_alone = InMemoryLedger(shards=2)
    sequences_alone.add_sequence(LIVE, DEFAULT)
    ports = replace(world.ports, configuration=sequences_alone)
    with pytest.raises(NotFoundError):
        follow_up(ports, LIVE, invoice.customer_id)
    assert world.case(invoice).claim is None


def test_a_crash_while_rendering_claims_nothing():
    world, invoice = a_due_notice()
    calls = world.ledger.calls

    class Broken:
        def email(self, notice):
            raise Crash

    broken = replace(world.ports, renderer=Broken())
    with pytest.raises(Crash):
        follow_up(broken, LIVE, invoice.customer_id)
    assert world.ledger.calls == calls
