"""One look at a file: what is due for this worker is done, the rest is scheduled or handed on."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.services.follow_up import follow_up
from chalicelib.services.try_later import TryLaterError
from tests.builders import LIVE, TEST, a_sequence, a_step, customer_id, utc
from tests.invariants.meddling import MeddledLedger
from tests.world import World, somebody


def test_a_customer_without_open_cases_is_nothing_to_do():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.pay(invoice)
    assert follow_up(world.ports, LIVE, invoice.customer_id) is None
    assert follow_up(world.ports, LIVE, customer_id("nobody")) is None


def test_it_says_when_to_look_again():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    assert follow_up(world.ports, LIVE, invoice.customer_id) == utc("2026-01-12 08:00")
    world.clock.set(utc("2026-01-12 08:00"))
    assert follow_up(world.ports, LIVE, invoice.customer_id) == utc("2026-01-15 08:00")


def test_a_look_too_early_writes_nothing():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    follow_up(world.ports, LIVE, invoice.customer_id, "email")
    assert len(world.ledger.changes) == written


def test_a_worker_sends_on_its_own_channel_and_hands_the_rest_on():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None))
    world.clock.set(utc("2026-01-12 08:00"))
    follow_up(world.ports, LIVE, invoice.customer_id, "email")
    assert world.sms.attempts == []
    assert world.queues.waiting("sms") == [{"tenant": LIVE.key, "customer": invoice.customer_id}]
    follow_up(world.ports, LIVE, invoice.customer_id, "sms")
    assert len(world.sms.sent) == 1


def test_a_task_is_made_by_whichever_worker_looks_first_and_once():
    world = World("2026-01-02 08:00", sequence=a_sequence(a_step("call", 1, "call")))
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-16 08:00"))
    for channel in ("email", "sms", "action", "email", None):
        follow_up(world.ports, LIVE, invoice.customer_id, channel)
    (task,) = world.open_tasks(invoice)
    assert (task.step, task.do, task.case_id) == ("call", "call", invoice.case_id)
    assert world.case(invoice).results["call"].outcome is Outcome.ACTED


def test_task_and_result_are_written_together():
    world = World(
        "2026-01-02 08:00",
        ledger=MeddledLedger(),
        sequence=a_sequence(a_step("call", 1, "call")),
    )
    invoice = world.post("R-1", due="2026-01-15")
    commits: list[set[str]] = []
    world.ledger.before_commit = lambda writes: commits.append(
        {type(write.after).__name__ for write in writes}
    )
    world.clock.set(utc("2026-01-16 08:00"))
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert commits == [{"Case", "Task"}]


def test_a_letter_and_a_call_of_the_same_day_are_two_tasks():
    steps = (a_step("letter", 1, "letter"), a_step("call", 1, "call"))
    world = World("2026-01-02 08:00", sequence=a_sequence(*steps))
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-17 00:00")
    assert sorted(task.do for task in world.open_tasks(invoice)) == ["call", "letter"]


def test_email_and_sms_of_the_same_day_both_leave():
    steps = (a_step("mail", 1), a_step("text", 1, "sms"))
    world = World("2026-01-02 08:00", sequence=a_sequence(*steps))
    world.post("R-1", due="2026-01-15")
    world.until("2026-01-17 00:00")
    assert (len(world.email.sent), len(world.sms.sent)) == (1, 1)


def test_what_the_gateway_cannot_take_now_is_raised_and_nothing_is_claimed():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    world.email.script(Handover(Delivery.NOT_NOW, reason="throttled"))
    with pytest.raises(TryLaterError, match="throttled"):
        follow_up(world.ports, LIVE, invoice.customer_id, "email")
    case = world.case(invoice)
    assert (case.claim, case.results) == (None, {})


def test_test_mode_renders_and_records_and_hands_nothing_over_unless_told():
    world = World("2026-01-02 08:00", delivers_test_mode=False)
    world.post("LIVE-1", due="2026-01-15")
    world.tenant = TEST
    invoice = world.post("R-1", due="2026-01-15", customer=somebody("two"))
    world.until("2026-01-12 09:00")
    assert [message.to for message in world.email.attempts] == ["one@customer.example"]
    result = world.case(invoice).results["notice_upcoming"]
    assert result.outcome is Outcome.CAPTURED
    assert result.communication is not None
    log = world.ledger.communication(TEST, result.communication)
    assert log is not None
    assert (log.status, log.to) == ("captured", "two@customer.example")


def test_a_reminder_of_one_invoice_costs_three_writes():
    """Claim, communication, result: the budget of a reminder stands on it."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    calls, written = world.ledger.calls, len(world.ledger.changes)
    world.clock.set(utc("2026-01-12 08:00"))
    follow_up(world.ports, LIVE, invoice.customer_id, "email")
    assert (world.ledger.calls - calls, len(world.ledger.changes) - written) == (3, 3)
