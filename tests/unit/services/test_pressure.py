"""Under pressure nothing is lost, nothing goes twice, and messages wait longer each time."""

from __future__ import annotations

import pytest

from chalicelib.domain.communication import STUCK
from chalicelib.domain.decisions import Reason
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.quota import Quota
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.explain_case import explain_case
from chalicelib.services.work_off import LONGEST, MOST_PUT_OFFS, SHORTEST, TRIES, NotTaken, work_off
from tests.builders import LIVE, TEST, utc
from tests.world import World, somebody

THROTTLED = Handover(Delivery.NOT_NOW, reason="throttled")
FULL, SHORT = Quota(1000, 1000), Quota(1000, 50)


@pytest.fixture
def world() -> World:
    return World("2026-01-02 08:00")


def due(world: World, name: str = "one") -> Invoice:
    """Post an invoice of which a friendly notice is due at once."""
    invoice = world.post(f"R-{name}", due="2026-01-15", customer=somebody(name))
    world.clock.set(utc("2026-01-12 08:00"))
    return invoice


def message_for(invoice: Invoice) -> dict[str, str]:
    return {"tenant": LIVE.key, "customer": invoice.customer_id}


def put_off(world: World, message: dict[str, str], times: int) -> list[int]:
    """Let a message be put off so often, and return the delays with which it was put back."""
    delays = []
    for _ in range(times):
        assert work_off(world.ports, message, "email", 1) is NotTaken.PRESSURE
        delays.append(world.queues.log[-1].delay)
        [message] = world.queues.drain("email")
    return delays


def test_what_was_throttled_is_released_and_comes_back_later(world: World):
    invoice = due(world)
    world.email.script(THROTTLED)

    assert work_off(world.ports, message_for(invoice), "email", 1) is NotTaken.PRESSURE

    assert world.case(invoice).claim is None
    assert world.sending.refusals == [("email", "throttled")]
    [back] = world.queues.drain("email")
    assert back == {**message_for(invoice), "put_off": "1"}
    assert work_off(world.ports, back, "email", 1) is None
    assert len(world.email.sent) == 1


def test_waits_are_picked_by_chance_from_a_time_that_doubles(world: World):
    message = message_for(due(world))
    world.email.script(*[THROTTLED] * 4000)
    rounds = [put_off(world, message, 10) for _ in range(60)]
    for number, delays in enumerate(zip(*rounds, strict=True)):
        longest = min(LONGEST, SHORTEST << number)
        assert 0 <= min(delays) < longest / 4
        assert longest * 3 / 4 < max(delays) < longest


def test_what_there_is_no_room_for_over_hours_is_left_to_the_sweep(world: World):
    message = message_for(due(world))
    world.email.script(*[THROTTLED] * 4000)
    put_off(world, message, MOST_PUT_OFFS)
    last = {**message, "put_off": str(MOST_PUT_OFFS)}
    assert work_off(world.ports, last, "email", 1) is NotTaken.PRESSURE
    assert world.queues.drain("email") == []
    rounds = [sum(put_off(world, message, MOST_PUT_OFFS)) for _ in range(60)]
    assert 3600 < sum(rounds) / len(rounds) < 6600


def test_who_has_no_turn_does_not_even_claim(world: World):
    invoice = due(world)
    version = world.case(invoice).version
    world.sending.seconds = 7.2
    [delay] = put_off(world, message_for(invoice), 1)
    assert 8 <= delay <= 8 + SHORTEST
    assert world.case(invoice).version == version
    assert world.email.attempts == []


def test_pressure_makes_no_dead_letter_and_no_flag(world: World):
    invoice = due(world)
    world.email.script(*[THROTTLED] * 50)
    message = message_for(invoice)
    for tries in range(1, TRIES + 1):
        assert work_off(world.ports, message, "email", tries) is NotTaken.PRESSURE
    tasks = world.ledger.tasks_page(LIVE, Cursor(10)).data
    assert [task for task in tasks if task.step == STUCK and task.status == "open"] == []


def test_what_is_captured_takes_no_turn_and_no_quota(world: World):
    world.tenant = TEST
    object.__setattr__(world.ports, "delivers_test_mode", False)
    world.sending.seconds, world.sending.quotas = 60.0, {"email": SHORT}
    invoice = due(world)
    assert work_off(world.ports, {**message_for(invoice), "tenant": TEST.key}, "email", 1) is None
    assert world.sending.turns == []
    assert world.case(invoice).results["notice_upcoming"].outcome == "captured"


def test_when_the_quota_is_short_final_notices_go_and_friendly_ones_wait(world: World):
    late = world.post("R-late", due="2026-01-03", customer=somebody("late"))
    world.until("2026-02-05 12:00")
    world.sending.quotas = {"email": SHORT}
    friendly = world.post("R-new", due="2026-02-13", customer=somebody("new"))
    before = len(world.email.sent)
    world.until("2026-02-10 12:00")

    assert [message.to for message in world.email.sent[before:]] == ["late@customer.example"]
    assert world.case(late).results["notice_final"].outcome == "sent"
    told = explain_case(world.ports, LIVE, friendly.case_id)
    assert told.next
    assert told.next.reason is Reason.QUOTA_SHORT
    world.sending.quotas = {"email": FULL}
    world.until("2026-02-11 10:00")
    assert [message.to for message in world.email.sent[before + 1 :]] == ["new@customer.example"]


def test_those_who_wait_come_back_one_after_the_other(world: World):
    world.sending.quotas = {"email": SHORT}
    invoices = [due_at_nine(world, str(number)) for number in range(20)]
    world.clock.set(utc("2026-01-12 08:00"))
    for invoice in invoices:
        work_off(world.ports, message_for(invoice), "email", 1)
    moments = {world.case(invoice).due_at for invoice in invoices}
    assert len(moments) > 15
    assert max(moments) - min(moments) > (min(moments) - world.clock.now()) / 4


def due_at_nine(world: World, name: str) -> Invoice:
    return world.post(f"R-{name}", due="2026-01-15", customer=somebody(name))


@pytest.mark.parametrize("reason", ["configuration: MessageRejected", "no connection", "too_late"])
def test_other_refusals_come_back_as_before(world: World, reason: str):
    invoice = due(world)
    world.email.script(Handover(Delivery.NOT_NOW, reason=reason))
    with pytest.raises(Exception, match=reason):
        work_off(world.ports, message_for(invoice), "email", 1)
    assert world.sending.refusals == []


def test_an_sms_has_its_own_turn(world: World):
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None))
    world.clock.set(utc("2026-01-12 08:00"))
    world.sending.quotas = {"email": SHORT}
    assert work_off(world.ports, message_for(invoice), "sms", 1) is None
    assert world.sending.turns == ["sms"]
    assert len(world.sms.sent) == 1
