"""A text message has its effect once, for everybody with the number, and only at its creditor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.communication import Communication, Direction
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Cursor
from chalicelib.services.receive_sms import receive_sms
from tests.builders import LIVE, TEST, a_creditor
from tests.unit.erika import erase
from tests.world import World, somebody

OURS = "+4915119999999"
PHONE = "+4915112345678"


class Told(World):
    """A world in which the stream tells of a customer before anybody can write."""

    def post(self, *what: Any, **facts: Any) -> Invoice:
        invoice = super().post(*what, **facts)
        self.work()
        return invoice


def a_world(**facts: Any) -> World:
    world = Told(**facts)
    world.ledger.save_creditor(a_creditor(sms_number=OURS, default_sequence=DEFAULT.id))
    return world


def text(world: World, words: str, *, number: str = PHONE, name: str | None = None) -> InboundSms:
    """Let a message come in, and return it."""
    message = InboundSms(name or f"{words} {world.now()}", number, OURS, words, world.now())
    receive_sms(world.ports, message)
    return message


def log(world: World, invoice: Invoice, direction: Direction) -> list[Communication]:
    page = world.ledger.communications_page(LIVE, Cursor(100), customer_id=invoice.customer_id)
    return [each for each in page.data if each.direction is direction and not each.parts]


def allows(customer: Customer) -> bool:
    return customer.usable_phone() is not None


def test_stop_ends_text_messages_is_confirmed_once_and_start_undoes_it():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None, locale="de"))
    text(world, "Stopp")
    assert not allows(world.customer(invoice))
    assert [sms.text for sms in world.sms.sent] == ["answer to stop [de] of Nordlicht Energie GmbH"]
    world.until("2026-01-12 08:05")
    assert len(world.sms.sent) == 1
    assert [task.reason for task in world.open_tasks(invoice)] == ["no_usable_address"]

    text(world, "start")
    world.days(1)
    assert allows(world.customer(invoice))
    answers = [sms.text for sms in world.sms.sent]
    assert answers[1] == "answer to start [de] of Nordlicht Energie GmbH"
    assert len(answers) == 3  # and the reminder that waited
    assert world.open_tasks(invoice) == []


def test_the_words_the_source_and_the_time_are_in_the_ledger():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    text(world, "stop it")
    said = world.customer(invoice).consents["sms"]
    assert (said.given, said.source, said.words, said.at) == (
        False,
        "sms_keyword",
        "stop it",
        world.now(),
    )
    [entry] = log(world, invoice, Direction.IN)
    assert (entry.text, entry.to, entry.status.value) == ("stop it", OURS, "received")


@pytest.mark.parametrize("words", ["STOP", "START", "HELP", "I paid"])
def test_the_same_message_twice_counts_once(words: str):
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    message = text(world, words)
    written = len(world.ledger.changes)
    world.clock.advance(hours=1)
    receive_sms(world.ports, message)
    assert len(world.ledger.changes) == written
    assert len(world.sms.sent) == (0 if words == "I paid" else 1)
    assert len(world.open_tasks(invoice)) == (1 if words == "I paid" else 0)
    assert len(log(world, invoice, Direction.IN)) == 1


def test_stop_again_and_again_is_confirmed_once():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    for _ in range(3):
        text(world, "STOP")
        world.clock.advance(minutes=1)
    assert len(world.sms.sent) == 1
    assert len(log(world, invoice, Direction.IN)) == 3


def test_a_stop_that_comes_after_a_later_start_changes_nothing():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    stop = InboundSms("late", PHONE, OURS, "STOP", world.now())
    world.clock.advance(minutes=5)
    text(world, "START")
    receive_sms(world.ports, stop)
    assert allows(world.customer(invoice))
    assert [sms.text[:15] for sms in world.sms.sent] == ["answer to start"]


def test_everybody_with_the_number_is_meant_in_both_modes_and_answered_once():
    world = a_world()
    first = world.post("R-1", due="2026-01-15", customer=somebody("one"))
    second = world.post("R-2", due="2026-01-15", customer=somebody("two"))
    other = world.post("R-3", due="2026-01-15", customer=somebody("six", phone="+4915112345670"))
    world.tenant = TEST
    test = world.post("R-1", due="2026-01-15")
    text(world, "STOP")
    assert not any(
        allows(world.ledger.customer(LIVE, each.customer_id)) for each in (first, second)
    )
    assert not allows(world.ledger.customer(TEST, test.customer_id))
    assert allows(world.ledger.customer(LIVE, other.customer_id))
    assert [sms.tenant for sms in world.sms.sent] == [LIVE]


def test_another_creditors_customers_with_the_number_arent_meant():
    world = a_world()
    creditor = a_creditor(id="cr_DDDDDDDDDDDDDDDD", default_sequence=DEFAULT.id)
    world.ledger.save_creditor(creditor)
    theirs = Tenant(creditor.id, Mode.LIVE)
    world.ledger.add_sequence(theirs, DEFAULT)
    world.tenant = theirs
    invoice = world.post("R-1", due="2026-01-15")
    text(world, "STOP")
    assert allows(world.ledger.customer(theirs, invoice.customer_id))
    assert world.sms.sent == []


def test_who_gets_a_stopped_number_later_isnt_written_to_until_start():
    world = a_world()
    text(world, "STOP")
    later = world.post("R-1", due="2026-01-15")
    assert world.customer(later).suppressed == {PHONE: Suppression.OPTED_OUT}
    text(world, "START")
    assert allows(world.customer(later))
    new = world.post("R-2", due="2026-01-15", customer=somebody("two"))
    assert allows(world.customer(new))


def test_a_customer_is_found_by_the_number_they_have_now():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.change(invoice, phone="+4915112345679")
    text(world, "STOP")
    assert allows(world.customer(invoice))
    text(world, "STOP", number="+4915112345679")
    assert not allows(world.customer(invoice))


def test_nobody_is_found_by_a_number_after_erasure():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.void(invoice)
    erase(world, invoice)
    value = world.ports.fingerprints.of(LIVE, PHONE)
    assert world.ledger.sharing(LIVE, "customer_phone", value) == ()
    text(world, "hello?")
    assert log(world, invoice, Direction.IN) == []


def test_words_become_a_task_at_the_oldest_due_case():
    world = a_world()
    world.post("R-1", due="2026-02-15")
    invoice = world.post("R-2", due="2026-01-15")
    text(world, "I paid on Monday")
    [task] = world.open_tasks(invoice)
    assert (task.do, task.step, task.case_id) == ("read", "inbound_message", invoice.case_id)
    assert world.sms.sent == []


def test_in_test_mode_nothing_leaves_where_nothing_may():
    world = a_world(tenant=TEST)
    world.ports = replace(world.ports, delivers_test_mode=False)
    invoice = world.post("R-1", due="2026-01-15")
    text(world, "STOP")
    assert not allows(world.ledger.customer(TEST, invoice.customer_id))
    page = world.ledger.communications_page(TEST, Cursor(10), customer_id=invoice.customer_id)
    assert sorted(each.status.value for each in page.data) == ["captured", "received"]
    assert world.sms.attempts == []


def test_every_change_is_told():
    world = a_world()
    world.post("R-1", due="2026-01-15")
    text(world, "STOP")
    world.clock.advance(seconds=1)
    text(world, "hello")
    world.work()
    told = {each.type for each in world.ledger.events_page(LIVE, Cursor(100)).data}
    assert {
        "customer.consent_withdrawn",
        "communication.received",
        "communication.sent",
        "task.created",
    } <= told


def test_a_message_from_the_future_is_of_now():
    """SNS's clock and ours differ."""
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    ahead = InboundSms("x", PHONE, OURS, "STOP", world.now() + timedelta(seconds=3))
    receive_sms(world.ports, ahead)
    assert world.customer(invoice).consents["sms"].at == world.now()
