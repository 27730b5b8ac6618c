"""A text message is answered at most once, and not at all only where that is known for certain."""

from __future__ import annotations

import pytest

from chalicelib.domain.communication import Direction
from chalicelib.ports.messages import Delivery, Handover, InboundSms
from chalicelib.services.receive_sms import receive_sms
from chalicelib.services.try_later import TryLaterError
from tests.unit.services.test_receive_sms import OURS, PHONE, a_world, allows, log, text
from tests.world import Crash


@pytest.mark.parametrize("words", ["STOP", "HELP"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_is_followed_by_one_that_answers_at_most_once(words: str, moment: str):
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    message = InboundSms("once", PHONE, OURS, words, world.now())

    def die(_: object) -> None:
        world.sms.before_refusal = world.sms.before_answer = None
        raise Crash

    if moment == "before":
        world.sms.before_refusal = die
    else:
        world.sms.before_answer = die
    with pytest.raises(Crash):
        receive_sms(world.ports, message)
    receive_sms(world.ports, message)

    assert len(world.sms.attempts) == 1
    [answer] = log(world, invoice, Direction.OUT)
    assert answer.status.value == ("sent" if moment == "before" else "unconfirmed")


def test_an_answer_that_certainly_didnt_leave_is_tried_again():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.sms.script(Handover(Delivery.NOT_NOW, reason="throttled"))
    message = InboundSms("once", PHONE, OURS, "STOP", world.now())
    with pytest.raises(TryLaterError):
        receive_sms(world.ports, message)
    assert not allows(world.customer(invoice))
    receive_sms(world.ports, message)
    [answer] = log(world, invoice, Direction.OUT)
    assert (answer.status.value, len(world.sms.sent)) == ("sent", 1)


def test_who_opted_out_at_the_provider_is_answered_by_it_alone():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.sms.opt_out(PHONE)
    text(world, "STOP")
    [answer] = log(world, invoice, Direction.OUT)
    assert (answer.status.value, answer.reason, world.sms.attempts) == ("failed", "opted_out", [])
