"""Endpoints and deliveries for the contract tests."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import Delivery, owed
from chalicelib.domain.webhook_endpoint import (
    Failure,
    FailureReason,
    Rotation,
    SigningSecret,
    WebhookEndpoint,
)
from tests.builders import customer_id, utc
from tests.contract.conftest import Both

NINE = utc("2026-03-02 09:00")
OFFICE = Change("api_key:ak_1", "create_webhook_endpoint")
ENDPOINT = "we_0000000000000001"


def an_endpoint(both: Both, identifier: str = ENDPOINT, **facts: object) -> WebhookEndpoint:
    given: dict[str, object] = {
        "id": identifier,
        "tenant": both.store.live,
        "url": "https://billing.example.com/dunlin?a=ü",
        "events": ("invoice.paid", "*"),
        "secrets": (SigningSecret("key", "salt", NINE, NINE, "mark"),),
        "rotations": (Rotation("mark", "request"),),
        "created_at": NINE,
        "metadata": {"ünder": "🦭"},
        "last_failure": Failure(NINE, FailureReason.STATUS, 500),
    }
    return WebhookEndpoint(**{**given, **facts})  # type: ignore[arg-type]


def event_id(number: int, customer: str = "1") -> str:
    own = ids.part(NINE + timedelta(seconds=number), number)
    return ids.child_id(ids.EVENT, customer_id(customer), own)


def a_delivery(both: Both, number: int = 1, endpoint: str = ENDPOINT) -> Delivery:
    return owed(both.store.live, endpoint, event_id(number), NINE)
