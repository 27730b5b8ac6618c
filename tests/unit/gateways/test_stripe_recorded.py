"""Recorded events of Stripe, mostly of API version 2020-08-27, made ours by our metadata."""

import json
from pathlib import Path

import pytest

from chalicelib.gateways.stripe_events import of_event, parse_event
from chalicelib.ports.payments import ProviderState
from tests.unit.gateways.stripe_facts import known
from tests.unit.gateways.stripe_payloads import METADATA

STRIPE = Path(__file__).parents[4] / "shared" / "data" / "stripe"
OURS_BY_METADATA = {
    "checkout.session.completed.payment_mode": (ProviderState.SUCCEEDED, 25000),
    "checkout.session.completed": (ProviderState.SUCCEEDED, 3000),
    "payment_intent.canceled": (ProviderState.FAILED, 2000),
    "payment_intent.payment_failed": (ProviderState.FAILED, 2000),
    "payment_intent.processing": (ProviderState.PROCESSING, 900),
    "payment_intent.succeeded": (ProviderState.SUCCEEDED, 2000),
}


@pytest.mark.realdata
@pytest.mark.skipif(not STRIPE.exists(), reason="../shared/data is absent")
@pytest.mark.parametrize(
    "path", sorted((STRIPE / "webhook_events").glob("*.json")), ids=lambda path: path.stem
)
def test_every_recorded_event_is_read(path: Path):
    body = json.loads(path.read_text())
    parsed = parse_event(json.dumps(body).encode())
    assert parsed is not None
    assert of_event(parsed) is None
    body["data"]["object"]["metadata"] = METADATA
    ours = parse_event(json.dumps(body).encode())
    assert ours is not None
    found = of_event(ours)
    assert (found is not None) is (path.stem in OURS_BY_METADATA)
    if found:
        assert (found.state, found.amount.amount) == OURS_BY_METADATA[path.stem]
        assert found.provider_reference.startswith("pi_")


@pytest.mark.realdata
@pytest.mark.skipif(not STRIPE.exists(), reason="../shared/data is absent")
def test_a_recorded_refund_of_today_is_read():
    body = json.loads((STRIPE / "pay_event_data" / "charge.refunded.json").read_text())
    body["object"]["metadata"] = METADATA
    found = known("charge.refunded", body["object"])
    assert (found.refunded, found.amount.amount, found.amount.currency.code) == (500, 1500, "usd")
