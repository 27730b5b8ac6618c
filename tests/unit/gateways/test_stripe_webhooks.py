"""Webhooks: who may say something, how old it may be, and of which mode."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import ForgedError, InvalidError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import ProviderPayment
from tests.builders import CREDITOR_ID, LIVE
from tests.fakes.world import FakeClock
from tests.unit.gateways.stripe_payloads import METADATA, OURS, SIGNED_AT, event, intent, signed

KEYS = {
    CREDITOR_ID: StripeKeys(
        {Mode.LIVE: "sk_live_1", Mode.TEST: "sk_test_1"}, ("whsec_new", "whsec_old")
    ),
    "cr_other": StripeKeys({Mode.TEST: "sk_test_2"}, ("whsec_other",)),
    "cr_unready": StripeKeys({}, ()),
}
PAID = event("payment_intent.succeeded", intent("succeeded"))


def receive(
    body: Any,
    *,
    signature: str | None = None,
    creditor_id: str = CREDITOR_ID,
    now: datetime = SIGNED_AT,
) -> ProviderPayment | None:
    payload = body if isinstance(body, bytes) else json.dumps(body, indent=1).encode()
    payments = StripePayments(KEYS.get, FakeClock(SIGNED_AT))
    signature = signed(payload) if signature is None else signature
    return payments.read_event(creditor_id, payload, signature, now)


def test_a_signed_event_is_believed():
    found = receive(PAID)
    assert found is not None
    assert (found.tenant, found.provider_reference) == (OURS.tenant, "pi_1")


def test_during_a_rotation_both_secrets_hold():
    payload = json.dumps(PAID).encode()
    assert receive(payload, signature=signed(payload, "whsec_old")) is not None


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "v1=abc", "t=x,v1=abc", "t=,v1=", "t=1,v1=é", ",,,", "t=99999999999999999999,v1=a"],
)
def test_what_is_not_signed_is_forged(signature: str):
    with pytest.raises(ForgedError):
        receive(PAID, signature=signature)


def test_a_changed_body_is_forged():
    signature = signed(json.dumps(PAID).encode())
    changed = json.dumps(PAID).replace("119000", "1").encode()
    with pytest.raises(ForgedError):
        receive(changed, signature=signature)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_an_event_signed_too_long_ago_or_ahead_is_forged(minutes: int):
    payload = json.dumps(PAID).encode()
    signature = signed(payload)
    with pytest.raises(ForgedError):
        receive(payload, signature=signature, now=SIGNED_AT + timedelta(minutes=minutes))
    assert receive(payload, signature=signature, now=SIGNED_AT + timedelta(minutes=5)) is not None


@pytest.mark.parametrize("creditor_id", ["cr_other", "cr_unready", "cr_nobody"])
def test_a_secret_opens_only_its_creditors_route(creditor_id: str):
    with pytest.raises(ForgedError):
        receive(PAID, creditor_id=creditor_id)


def test_an_event_about_another_creditor_says_nothing():
    payload = json.dumps(PAID).encode()
    signature = signed(payload, "whsec_other")
    assert receive(payload, signature=signature, creditor_id="cr_other") is None


def test_test_money_never_pays_a_live_invoice():
    metadata = {**METADATA, "dunlin_mode": "live"}
    body = event("payment_intent.succeeded", intent("succeeded", metadata=metadata))
    assert receive(body) is None
    found = receive({**body, "livemode": True})
    assert found is not None
    assert found.tenant == LIVE


def test_live_money_never_pays_a_test_invoice():
    assert receive({**PAID, "livemode": True}) is None


@pytest.mark.parametrize("body", [b"no json", b"[]", b"{}"])
def test_what_is_signed_and_no_event_is_invalid(body: bytes):
    with pytest.raises(InvalidError):
        receive(body)


def test_what_is_no_text_is_forged_whatever_its_signature():
    with pytest.raises(ForgedError):
        receive(b"\xff\xfe")


@pytest.mark.parametrize("kind", ["customer.created", "invoice.paid", "payout.paid", "x"])
def test_events_of_other_kinds_say_nothing(kind: str):
    assert receive(event(kind, {"id": "x", "metadata": METADATA})) is None


def test_a_refund_of_a_payment_that_is_not_ours_is_not_looked_up():
    foreign = {"id": "ch_1", "amount": 5, "currency": "eur", "payment_intent": "pi_9"}
    assert receive(event("charge.refunded", {**foreign, "status": "succeeded"})) is None
