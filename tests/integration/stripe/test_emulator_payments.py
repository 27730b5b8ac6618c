"""Whoever opens, pays and abandons a session in the emulator sees what Stripe's SDK expects."""

import asyncio
import urllib.error
import urllib.parse
import urllib.request

import pytest
import stripe

from local.stripe_emulator.shapes import API_VERSION
from tests.integration.stripe.emulator import Emulator, Receiver, paid_charge, session_params

pytestmark = pytest.mark.enable_socket


def test_the_version_is_the_one_that_the_sdk_speaks() -> None:
    assert stripe.api_version == API_VERSION


def test_a_card_pays_a_session(emulator: Emulator, receiver: Receiver) -> None:
    client = emulator.client()
    session = client.v1.checkout.sessions.create(params=session_params())
    assert (session.status, session.payment_status, session.amount_total) == (
        "open",
        "unpaid",
        120000,
    )
    assert session.payment_intent is None
    with urllib.request.urlopen(session.url) as answer:
        page = answer.read().decode()
    assert "1.200,00\xa0€" in page
    assert "Invoice &lt;R-1002&gt;" in page
    status, location = emulator.pay(session.id, number="4242 4242 4242 4242")
    assert (status, location) == (303, f"https://pay.example.com/thanks?session={session.id}")

    done = client.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    intent = client.v1.payment_intents.retrieve(done.payment_intent)
    assert (intent.status, intent.amount_received) == ("succeeded", 120000)
    assert intent.metadata["dunlin_invoices"] == "in_1,in_2"
    lines = client.v1.checkout.sessions.line_items.list(session.id)
    assert [line.amount_total for line in lines.data] == [119000, 1000]

    completed = receiver.wait_for("checkout.session.completed")
    assert completed.data.object.client_reference_id == "com_1"
    assert (completed.api_version, completed.livemode) == (API_VERSION, False)
    succeeded = receiver.wait_for("payment_intent.succeeded")
    assert succeeded.data.object.latest_charge == intent.latest_charge
    assert {path for path, _, _ in receiver.got} == {"/webhooks/stripe/cred_1"}


def test_a_declined_card_leaves_the_session_open(emulator: Emulator, receiver: Receiver) -> None:
    session = emulator.client().v1.checkout.sessions.create(params=session_params())
    status, page = emulator.pay(session.id, number="4000000000000002")
    assert status == 402
    assert "Your card was declined." in page
    failed = receiver.wait_for("payment_intent.payment_failed").data.object
    assert failed.last_payment_error.decline_code == "generic_decline"
    assert failed.status == "requires_payment_method"

    assert emulator.pay(session.id, number="4242424242424242")[0] == 303
    again = receiver.wait_for("payment_intent.succeeded").data.object
    assert again.id == failed.id
    assert again.latest_charge != failed.latest_charge


@pytest.mark.parametrize(("verdict", "payment_status"), [("settle", "paid"), ("fail", "unpaid")])
def test_a_debit_is_decided_later(
    emulator: Emulator, receiver: Receiver, verdict: str, payment_status: str
) -> None:
    client = emulator.client()
    session = client.v1.checkout.sessions.create(params=session_params())
    assert emulator.pay(session.id, method="debit")[0] == 303
    completed = receiver.wait_for("checkout.session.completed").data.object
    assert (completed.status, completed.payment_status) == ("complete", "unpaid")
    intent = receiver.wait_for("payment_intent.processing").data.object
    assert intent.status == "processing"

    emulator.post(f"/_emulator/payment_intents/{intent.id}/{verdict}")
    ending = "succeeded" if verdict == "settle" else "failed"
    later = receiver.wait_for(f"checkout.session.async_payment_{ending}").data.object
    assert (later.id, later.payment_status) == (session.id, payment_status)
    charge = client.v1.charges.retrieve(client.v1.payment_intents.retrieve(intent.id).latest_charge)
    assert charge.status == ending
    assert charge.payment_method_details.type == "sepa_debit"


def test_an_expired_session_cannot_be_paid(emulator: Emulator, receiver: Receiver) -> None:
    sessions = emulator.client().v1.checkout.sessions
    session = sessions.create(params=session_params())
    assert sessions.expire(session.id).status == "expired"
    assert receiver.wait_for("checkout.session.expired").data.object.id == session.id
    status, page = emulator.pay(session.id, number="4242424242424242")
    assert (status, "This link has expired" in page) == (200, True)
    with pytest.raises(stripe.InvalidRequestError, match="status in `open`"):
        sessions.expire(session.id)


def test_ten_sessions_paid_at_once_are_each_told_once(
    emulator: Emulator, receiver: Receiver
) -> None:
    async def pay_all() -> None:
        await asyncio.gather(*(asyncio.to_thread(paid_charge, emulator) for _ in range(10)))

    asyncio.run(pay_all())
    receiver.wait_for("checkout.session.completed", times=10)
    assert len({event.id for event in receiver.events()}) == len(receiver.got)
