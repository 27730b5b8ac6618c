"""Posts to the webhook's route as API Gateway does: the whole API, Stripe's adapter included.

Stripe itself is a stand-in behind the SDK's client, so that disputes and refunds get an answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import stripe

import app
from chalicelib import bootstrap
from chalicelib.domain.invariants import Violation
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.observability import logger
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record
from chalicelib.services.nightly import check_customer
from tests.api import Api, an_api, an_invoice_body
from tests.builders import CREDITOR_ID
from tests.fakes.encoding import EncodingLedger
from tests.unit.gateways.stripe_payloads import charge, intent
from tests.unit.handlers.events import CONTEXT

SECRET = "whsec_of_the_creditor"
ROUTE = "/webhooks/stripe/{creditor_id}"
TENANT = Tenant(CREDITOR_ID, Mode.TEST)
KEYS = StripeKeys({Mode.TEST: "sk_test_1"}, ("whsec_of_nobody", SECRET))


class StandInForStripe(StripePayments):
    """The adapter with a client that knows one payment and its charge, and no network."""

    metadata: dict[str, str]

    def _client(self, api_key: str) -> Any:
        paid = intent("succeeded", metadata=self.metadata, latest_charge=charge())
        return SimpleNamespace(
            v1=SimpleNamespace(
                payment_intents=SimpleNamespace(retrieve=_known({"pi_1": paid})),
                charges=SimpleNamespace(retrieve=_known({"ch_1": charge()})),
                disputes=SimpleNamespace(list=_none),
            )
        )


def _none(params: object) -> _Answer:
    return _Answer({"data": []})


class _Answer:
    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def to_dict(self) -> dict[str, Any]:
        return self._content


def _known(objects: dict[str, Any]) -> Any:
    def retrieve(identifier: str, params: object = None) -> _Answer:
        if identifier not in objects:
            message = "No such object"
            raise stripe.InvalidRequestError(message, "id", code="resource_missing")
        return _Answer(objects[identifier])

    return retrieve


class Attacker:
    """Somebody who knows the creditor's id and an invoice. Only `sign` knows the secret.

    `metadata` is what Stripe's objects carry for that invoice.
    """

    def __init__(self, api: Api, provider: StandInForStripe, log: list[logging.LogRecord]) -> None:
        self.api = api
        self.log = log
        invoice = api.done("POST", "/v1/invoices", an_invoice_body())
        self.customer_id = invoice["customer"]
        self.metadata = {
            "dunlin_creditor": CREDITOR_ID,
            "dunlin_mode": "test",
            "dunlin_customer": invoice["customer"],
            "dunlin_invoices": invoice["id"],
        }
        provider.metadata = self.metadata

    def sign(self, body: bytes, *, ahead: int = 0, secret: str = SECRET) -> str:
        """Return Stripe's header for the body, as of so many seconds from now."""
        stamp = int(self.api.world.clock.now().timestamp()) + ahead
        mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        return f"t={stamp},v1={mac.hexdigest()}"

    def post(
        self,
        body: bytes | str | None,
        headers: dict[str, str] | None,
        *,
        creditor_id: str = CREDITOR_ID,
        encoded: bool | None = None,
    ) -> tuple[int, dict[str, str], Any]:
        """POST, and return status, headers and the body's JSON.

        API Gateway passes text on as text, and what isn't in base64; `encoded` says so of a body
        that is to be passed on as it is.
        """
        if isinstance(body, bytes):
            try:
                body, encoded = body.decode("utf-8"), False
            except UnicodeDecodeError:
                body, encoded = base64.b64encode(body).decode(), True
        path = ROUTE.format(creditor_id=creditor_id)
        event = {
            "resource": ROUTE,
            "path": path,
            "httpMethod": "POST",
            "headers": headers,
            "multiValueHeaders": headers and {name: [value] for name, value in headers.items()},
            "pathParameters": {"creditor_id": creditor_id},
            "multiValueQueryStringParameters": None,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": ROUTE, "path": path},
            "body": body,
            "isBase64Encoded": bool(encoded),
        }
        answer = app.app(event, CONTEXT)
        told = answer["multiValueHeaders"] | {k: [v] for k, v in answer["headers"].items()}
        headers_told = {name.lower(): values[0] for name, values in told.items()}
        return answer["statusCode"], headers_told, json.loads(answer["body"])

    def stored(self) -> dict[tuple[str, str], Record]:
        """Return every record of the table."""
        return dict(self.api.world.ledger._records)

    def violations(self) -> list[Violation]:
        """Return what is wrong with the customer's whole file."""
        self.api.world.work()
        ports: Ports = self.api.world.ports
        return check_customer(ports, TENANT, self.customer_id)


@contextmanager
def an_attacker() -> Iterator[Attacker]:
    """Put the API on a new world with Stripe's adapter, and collect what it logs."""
    collected = _Collector()
    with an_api(ledger=EncodingLedger(shards=2)) as api:
        provider = StandInForStripe({CREDITOR_ID: KEYS}.get, api.world.clock)
        api.world.ports = replace(api.world.ports, payments=provider)
        bootstrap.use(api.world.ports)
        attacker = Attacker(api, provider, collected.records)
        lines = logging.getLogger(logger().name)
        lines.addHandler(collected)
        try:
            yield attacker
        finally:
            lines.removeHandler(collected)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
