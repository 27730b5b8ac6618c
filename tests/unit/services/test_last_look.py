"""A customer who was just about to pay is not reminded of it, even before the webhook arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.holding import PROCESSING_AT_MOST
from chalicelib.domain.sequence import Do
from chalicelib.ports.payments import ProviderState
from chalicelib.services.follow_up import follow_up
from chalicelib.services.last_look import RECENT
from chalicelib.services.try_later import TryLaterError
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.world import World

DUE = utc("2026-01-12 08:00")


def a_customer_on_the_providers_page(before: timedelta = timedelta(minutes=5)):
    """Return a world in which a notice is due, and the invoice; the checkout is `cs_0001`."""
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(DUE - before)
    world.checkout(invoice)
    world.clock.set(DUE)
    return world, invoice


def test_who_just_paid_is_not_reminded_and_the_payment_is_recorded():
    world, invoice = a_customer_on_the_providers_page()
    world.payments.pay("cs_0001", at=DUE)
    assert follow_up(world.ports, LIVE, invoice.customer_id) is None
    assert world.email.attempts == []
    assert world.invoice(invoice).remaining == 0
    assert world.payments.looked == ["cs_0001"]


def test_who_paid_a_part_is_reminded_of_the_rest():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(DUE - timedelta(minutes=5))
    world.checkout(invoice, 60_00)
    world.payments.pay("cs_0001", at=DUE)
    world.clock.set(DUE)
    follow_up(world.ports, LIVE, invoice.customer_id)
    (message,) = world.email.sent
    assert "R-1: 40.00 EUR" in message.content.text


def test_who_paid_an_earlier_one_of_several_opened_pages_is_not_reminded():
    world, invoice = a_customer_on_the_providers_page()
    world.checkout(invoice, 10_00)
    world.payments.pay("cs_0001", at=DUE)
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert world.email.attempts == []
    assert world.invoice(invoice).remaining == 0


def test_a_debit_on_its_way_holds_the_reminder():
    world, invoice = a_customer_on_the_providers_page()
    world.payments.pay("cs_0001", state=ProviderState.PROCESSING, at=DUE)
    assert follow_up(world.ports, LIVE, invoice.customer_id) == DUE + PROCESSING_AT_MOST
    assert world.email.attempts == []


def test_a_debit_that_failed_and_is_tried_again_holds_the_reminder_again():
    """It is the same payment to the provider, and stands once more as it stood before."""
    world, invoice = a_customer_on_the_providers_page()
    debit = world.payments.pay("cs_0001", state=ProviderState.PROCESSING, at=DUE)
    follow_up(world.ports, LIVE, invoice.customer_id)
    world.clock.advance(minutes=5)
    failed = {"state": ProviderState.FAILED, "at": world.clock.now()}
    world.hear(
        replace(debit, event_id="evt_1", event_type="payment_intent.payment_failed", **failed)
    )
    assert world.case(invoice).pauses == ()
    world.clock.advance(minutes=5)
    world.payments.pay("cs_0001", state=ProviderState.PROCESSING, at=world.clock.now())
    assert follow_up(world.ports, LIVE, invoice.customer_id) is not None
    assert world.email.attempts == []
    assert len(world.case(invoice).pauses) == 1


@pytest.mark.parametrize("tried", [False, True])
def test_who_looked_and_did_not_pay_is_reminded(*, tried: bool):
    world, invoice = a_customer_on_the_providers_page()
    if tried:
        world.payments.pay("cs_0001", state=ProviderState.FAILED, at=DUE)
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_while_the_provider_cannot_be_asked_nothing_is_sent():
    world, invoice = a_customer_on_the_providers_page()
    world.payments.down = True
    with pytest.raises(TryLaterError):
        follow_up(world.ports, LIVE, invoice.customer_id)
    assert world.email.attempts == []
    world.payments.down = False
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_a_checkout_of_long_ago_is_not_asked_about():
    world, invoice = a_customer_on_the_providers_page(RECENT + timedelta(seconds=1))
    world.payments.down = True
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


def test_nobody_is_asked_about_while_nothing_is_due():
    world, invoice = a_customer_on_the_providers_page()
    world.clock.set(DUE - timedelta(minutes=4))
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert world.payments.looked == []


def test_nobody_is_asked_to_call_a_customer_who_just_paid():
    world = World("2026-01-02 08:00", sequence=a_sequence(a_step("call", 0, do=Do.CALL)))
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-15 08:00"))
    world.checkout(invoice)
    world.payments.pay("cs_0001", at=world.clock.now())
    follow_up(world.ports, LIVE, invoice.customer_id, "action")
    assert world.open_tasks(invoice) == []
    assert world.invoice(invoice).remaining == 0
