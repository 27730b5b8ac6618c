"""The function that hears of text messages may do what it does, and no more."""

from __future__ import annotations

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.ports.messages import InboundSms
from chalicelib.services.receive_sms import receive_sms
from tests.builders import a_creditor
from tests.simulation.calls import Calls
from tests.simulation.test_rights import granted
from tests.world import World, somebody

OURS = "+4915119999999"


def test_a_text_message_stops_and_starts_and_is_answered():
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ledger.save_creditor(a_creditor(sms_number=OURS, default_sequence=DEFAULT.id))
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None))
    number = world.customer(invoice).phone or ""
    world.ports = calls.recorded(world.ports)
    for words in ("STOP", "START", "HELP", "I paid"):
        world.until("2026-01-12 08:05")
        at = world.clock.advance(minutes=1)
        receive_sms(world.ports, InboundSms(words, number, OURS, words, at))
    world.void(invoice)
    receive_sms(world.ports, InboundSms("late", number, OURS, "Thanks", world.clock.now()))

    assert granted("receive_sms") == calls.by_function["receive_sms"]
