"""What was agreed is confirmed once, by whatever reaches the customer, and is no reminder."""

from __future__ import annotations

import pytest

from chalicelib.domain.communication import Communication
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import PromiseStatus
from chalicelib.domain.sequence import Do
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.hand_over import PASSED_ON
from chalicelib.services.work_off import NotTaken, work_off
from tests.builders import TEST, a_sequence, a_step
from tests.invariants.meddling import MeddledLedger
from tests.world import Crash, World, somebody


def confirmations(world: World) -> list[Communication]:
    page = world.ledger.communications_page(world.tenant, Cursor(100))
    return [each for each in page.data if each.about]


def a_world(**customer: object) -> tuple[World, Invoice]:
    world = World("2026-01-20 08:00")
    return world, world.post("R-1", due="2026-01-15", customer=somebody(**customer))


def test_a_promise_is_confirmed_within_a_minute():
    world, invoice = a_world()
    promise = world.promise(invoice, dates={"2026-02-05": 60_00, "2026-02-20": 40_00})
    world.until("2026-01-20 08:02")
    [message] = world.email.sent
    assert (
        "agreed: 60.00 EUR by 2026-02-05\nagreed: 40.00 EUR by 2026-02-20" in message.content.text
    )
    [entry] = confirmations(world)
    assert (entry.status, entry.about, entry.template) == ("sent", promise.id, "promise_confirmed")
    assert (entry.to, entry.parts, entry.id) == (message.to, (), message.communication_id)
    assert world.case(invoice).confirmations == ()


def test_it_goes_by_sms_where_there_is_no_email():
    world, invoice = a_world(email=None)
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 08:02")
    assert not world.email.sent
    assert len(world.sms.sent) == 1
    assert [each.channel for each in confirmations(world)] == ["sms"]


def test_whom_nothing_reaches_is_in_the_log_as_not_told():
    world, invoice = a_world(email=None, phone=None)
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 08:02")
    assert [(each.status, each.reason) for each in confirmations(world)] == [
        ("failed", "no_usable_address")
    ]


def test_no_gap_is_counted_from_it():
    world, invoice = a_world()
    promise = world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 09:00")
    world.call_off(promise)
    world.until("2026-01-20 12:00")
    assert len(world.email.sent) == 2  # the reminder that the promise had put off
    assert world.customer(invoice).last_contact_at is None


def test_a_promise_that_is_over_by_then_isnt_confirmed():
    world, invoice = a_world()
    promise = world.promise(invoice, dates={"2026-02-05": None})
    world.pay(invoice)
    world.until("2026-01-20 09:00")
    assert world.promised(promise).status is PromiseStatus.KEPT
    assert not world.email.sent
    assert world.case(invoice).confirmations == ()


def test_a_refused_address_is_said_and_not_used_again():
    world, invoice = a_world()
    world.email.script(Handover(Delivery.REFUSED, reason="invalid"))
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 09:00")
    assert [(each.status, each.reason) for each in confirmations(world)] == [("failed", "invalid")]
    assert world.customer(invoice).suppressed


def test_what_the_gateway_doesnt_take_now_is_tried_again_as_the_same_message():
    world, invoice = a_world()
    world.email.script(Handover(Delivery.NOT_NOW, reason="throttled"))
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 12:00")
    assert len(world.email.sent) == 1
    assert [each.status for each in confirmations(world)] == ["sent"]


def test_an_answer_that_is_lost_leaves_it_to_the_providers_word():
    world, invoice = a_world()
    world.email.script(Handover(Delivery.UNKNOWN))
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-21 12:00")
    [entry] = confirmations(world)
    assert entry.status == "unconfirmed"
    assert len(world.email.attempts) == 1
    world.mail_event(world.email.attempts[0], EmailEventKind.DELIVERED)
    assert [each.status for each in confirmations(world)] == ["delivered"]


@pytest.mark.parametrize("die_after", [False, True])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_whoever_dies_it_leaves_at_most_once_and_is_logged(call: int, *, die_after: bool):
    world = World("2026-01-20 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.promise(invoice, dates={"2026-02-05": None})
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls + call, die_after
    for _ in range(3):
        try:
            world.until("2026-01-20 12:00")
        except Crash:
            continue
    assert len(world.email.sent) <= 1
    [entry] = confirmations(world)
    assert entry.status in {"sent", "unconfirmed"}


def test_test_mode_keeps_it_back():
    world = World("2026-01-20 08:00", tenant=TEST, delivers_test_mode=False)
    invoice = world.post("R-1", due="2026-01-15")
    world.promise(invoice, dates={"2026-02-05": None})
    world.until("2026-01-20 09:00")
    assert not world.email.sent
    assert [each.status for each in confirmations(world)] == ["captured"]


@pytest.mark.parametrize("passed_on", [False, True])
def test_a_provider_that_takes_nothing_keeps_no_other_channel_waiting(*, passed_on: bool):
    """What is due on another one is handed to its worker, unless the message came from there."""
    world = World("2026-01-20 08:00", sequence=a_sequence(a_step("text", 0, do=Do.SMS)))
    invoice = world.post("R-1", due="2026-01-15")
    world.post("R-2", due="2026-01-20")
    world.promise(invoice, dates={"2026-02-05": None})
    world.email.script(Handover(Delivery.NOT_NOW, reason="throttled"))
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}
    mark = {PASSED_ON: "yes"} if passed_on else {}
    assert work_off(world.ports, message | mark, "email") is NotTaken.PRESSURE
    handed_over = world.queues.drain("sms")
    assert handed_over == ([] if passed_on else [message | {PASSED_ON: "yes"}])
    for each in handed_over:
        work_off(world.ports, each, "sms")
        assert len(world.sms.sent) == 1
