"""The two that call Dunlin: a billing system, and Stripe. Both try again, as the real ones do.

Neither knows whether a request that got no good answer was done. The billing system sends it anew
with the same Idempotency-Key, Stripe delivers the same event once more.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from tests.soak.plan import Notice

TIMEOUT = 20.0
"""Seconds that both wait for an answer: Stripe's own patience."""
TRIES = 60
FOR_THE_MOMENT = frozenset({"concurrent_change", "request_in_progress", "rate_limited"})
"""Codes of refusals that come with Retry-After."""
STATUSES = {
    "succeeded": "succeeded",
    "processing": "processing",
    "failed": "requires_payment_method",
}
TYPES = {
    "succeeded": "payment_intent.succeeded",
    "processing": "payment_intent.processing",
    "failed": "payment_intent.payment_failed",
}


class GivenUpError(Exception):
    """Nobody would have tried any longer."""


class Wire:
    """Sends to one address, a connection for each thread; `answers` counts what came back."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._local = threading.local()
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """POST, and return status and JSON; status 0 where no answer came."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT)
            self._local.connection = connection
        status, answer = 0, None
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            status, answer = response.status, _json(response.read())
        except (OSError, http.client.HTTPException):
            connection.close()
        with self._lock:
            self.answers[str(status) if status else "none"] += 1
        return status, answer


class Billing:
    """A billing system with an API key."""

    def __init__(self, wire: Wire, key: str) -> None:
        self._wire = wire
        self._key = key

    def post(self, path: str, body: dict[str, Any], *, once: str) -> Any:
        """POST until there is an answer that counts; `once` is the Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": once}
        for attempt in range(TRIES):
            status, answer = self._wire.send(path, json.dumps(body).encode(), headers)
            if 200 <= status < 300:
                return answer
            if status and status < 500 and not _may_try_again(answer):
                raise GivenUpError(f"{path}: {status} {answer}")
            time.sleep(min(2.0, 0.2 * 2**attempt))
        raise GivenUpError(f"{path}: no answer in {TRIES} tries")


class Stripe:
    """Signs with the creditor's webhook secret, and delivers until it is thanked."""

    def __init__(self, wire: Wire, secret: str, creditor_id: str) -> None:
        self._wire = wire
        self._secret = secret
        self._creditor_id = creditor_id
        self._created: dict[str, int] = {}

    def deliver(self, notice: Notice, invoice: dict[str, Any]) -> None:
        """Deliver an event about a payment of an invoice, as the API answered it."""
        body = json.dumps(self._event(notice, invoice)).encode()
        path = f"/webhooks/stripe/{self._creditor_id}"
        for attempt in range(TRIES):
            status, answer = self._wire.send(path, body, {"Stripe-Signature": self._signed(body)})
            if status == 200:
                return
            if status and status < 500 and not _may_try_again(answer):
                raise GivenUpError(f"{notice}: {status} {answer}")
            time.sleep(min(2.0, 0.2 * 2**attempt))
        raise GivenUpError(f"{notice}: not taken in {TRIES} tries")

    def _signed(self, body: bytes) -> str:
        stamp = int(time.time())
        mac = hmac.new(self._secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        return f"t={stamp},v1={mac.hexdigest()}"

    def _event(self, notice: Notice, invoice: dict[str, Any]) -> dict[str, Any]:
        failed = notice.kind == "failed"
        intent = {
            "id": notice.reference,
            "object": "payment_intent",
            "amount": notice.amount,
            "amount_received": notice.amount if notice.kind == "succeeded" else 0,
            "currency": invoice["currency"],
            "status": STATUSES[notice.kind],
            "last_payment_error": {"code": "card_declined"} if failed else None,
            "latest_charge": f"ch_{notice.reference}",
            "metadata": {
                "dunlin_creditor": self._creditor_id,
                "dunlin_mode": "live",
                "dunlin_customer": invoice["customer"],
                "dunlin_invoices": invoice["id"],
            },
        }
        # Every delivery of an event is the same to the byte. A debit is announced before it
        # succeeds, in whatever order the two arrive.
        happened = int(time.time()) - (60 if notice.kind == "processing" else 0)
        return {
            "id": notice.event_id,
            "object": "event",
            "type": TYPES[notice.kind],
            "created": self._created.setdefault(notice.event_id, happened),
            "livemode": False,
            "data": {"object": intent},
        }


def _may_try_again(answer: Any) -> bool:
    """Say whether the answer is one of those that come with Retry-After."""
    return isinstance(answer, dict) and answer.get("code") in FOR_THE_MOMENT


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
