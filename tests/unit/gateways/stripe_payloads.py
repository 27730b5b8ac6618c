"""What goes to Stripe and comes from it, as small as can be: a request, events, signatures.

Events are in today's shapes and those of 2020-08-27.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain import ids
from chalicelib.gateways.stripe_metadata import Ours, written
from chalicelib.ports.payments import CheckoutRequest
from tests.builders import TEST, customer_id, eur, record_id

CREATED = 1772442000
AT = datetime.fromtimestamp(CREATED, UTC)
INVOICES = (record_id(ids.INVOICE, "R-1"), record_id(ids.INVOICE, "R-2"))
COMMUNICATION = record_id(ids.COMMUNICATION, "one")
OURS = Ours(TEST, customer_id(), INVOICES, COMMUNICATION)
METADATA = written(OURS)
SIGNED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REQUEST = CheckoutRequest(
    tenant=TEST,
    customer_id=customer_id(),
    email="kunde@kunde.example",
    locale="de-DE",
    amount=eur(1500),
    named=INVOICES,
    lines=(("Rechnung R-1", eur(1000)), ("Rechnung R-2", eur(500))),
    communication_id=COMMUNICATION,
    success_url="https://pay.example/done",
    cancel_url="https://pay.example/back",
    idempotency_key="key-1",
)

Json = dict[str, Any]


def event(kind: str, obj: Json, **facts: Any) -> Json:
    return {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": CREATED,
        "livemode": False,
        "data": {"object": obj},
        **facts,
    }


def intent(status: str, **facts: Any) -> Json:
    """A PaymentIntent as today's API shows it."""
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 119000,
        "amount_received": 119000 if status == "succeeded" else 0,
        "currency": "eur",
        "status": status,
        "metadata": METADATA,
        "last_payment_error": None,
        "latest_charge": "ch_1",
        "payment_method_types": ["card", "sepa_debit"],
        **facts,
    }


def charge(**facts: Any) -> Json:
    """A charge as today's API shows it: no list of refunds, no invoice."""
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 119000,
        "amount_captured": 119000,
        "amount_refunded": 0,
        "currency": "eur",
        "status": "succeeded",
        "payment_intent": "pi_1",
        "metadata": METADATA,
        "payment_method_details": {"type": "card", "card": {}},
        **facts,
    }


def old_intent(status: str, **facts: Any) -> Json:
    """A PaymentIntent of 2020-08-27: its charges listed, `invoice` present."""
    shown = charge(
        status="failed" if status == "requires_payment_method" else "succeeded",
        refunds={"object": "list", "data": []},
        invoice=None,
    )
    body = intent(status, invoice=None, charges={"object": "list", "data": [shown]}, **facts)
    del body["latest_charge"]
    return body


def session(payment_status: str, **facts: Any) -> Json:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "amount_total": 119000,
        "currency": "eur",
        "payment_status": payment_status,
        "payment_intent": "pi_1",
        "metadata": METADATA,
        **facts,
    }


def dispute(status: str, **facts: Any) -> Json:
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 119000,
        "currency": "eur",
        "status": status,
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "metadata": {},
        **facts,
    }


def signed(body: bytes, by: str = "whsec_new") -> str:
    """Return the header that Stripe would send with this body."""
    stamp = int(SIGNED_AT.timestamp())
    mac = hmac.new(by.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"t={stamp},v1={mac.hexdigest()},v0=ignored"
