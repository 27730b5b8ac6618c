"""The Stripe emulator as a process, a real client of it, and who receives its webhooks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import stripe

from tests.waiting import answers, until
from tests.web import NoRedirect, Request

SECRET = "whsec_of_the_test"
ROOT = Path(__file__).parents[3]


@dataclass
class Receiver:
    """Takes webhooks; answers `status`, and keeps path, body and signature of what it took."""

    url: str = ""
    status: int = 200
    got: list[tuple[str, bytes, str]] = field(default_factory=list)

    def take(self, request: Request) -> tuple[int, bytes]:
        if self.status == 200:
            self.got.append((request.path, request.body, request.headers["Stripe-Signature"]))
        return self.status, b""

    def events(self) -> list[Any]:
        return [
            stripe.Webhook.construct_event(body, signature, SECRET)
            for _, body, signature in self.got
        ]

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body, _ in self.got]

    def wait_for(self, type_: str, *, times: int = 1) -> Any:
        soon(lambda: self.types().count(type_) >= times, f"{times} × {type_}")
        return [event for event in self.events() if event.type == type_][-1]


@dataclass
class Emulator:
    """The process and a real client of it."""

    port: int
    state: Path
    webhook_url: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str = "sk_test_one") -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url})

    def start(self) -> None:
        arguments = {
            "--port": str(self.port),
            "--state": str(self.state),
            "--webhook-url": self.webhook_url,
            "--webhook-secret": SECRET,
            "--retry-seconds": "0.2",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.stripe_emulator", *chain(*arguments.items())],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        soon(lambda: answers(f"{self.url}/_emulator/health"), "the emulator to answer")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(10) == 0

    def post(self, path: str, **form: str) -> Any:
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.url + path, data=data) as answer:
            return json.load(answer)

    def pay(self, session_id: str, **form: str) -> tuple[int, str]:
        """What the customer's browser gets: the status, and where it is sent or what it shows."""
        data = urllib.parse.urlencode({"email": "payer@example.com", **form}).encode()
        request = urllib.request.Request(f"{self.url}/checkout/{session_id}/pay", data=data)
        try:
            with urllib.request.build_opener(NoRedirect).open(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location") or error.read().decode()


def soon(done: Callable[[], bool], what: str) -> None:
    """Wait for what takes the emulator an instant."""
    until(done, what, seconds=10, between=0.02)


def session_params(**changes: Any) -> dict[str, Any]:
    """Return what opens a Checkout Session for two invoices of together €1,200.00."""
    facts = {"dunlin_creditor": "cred_1", "dunlin_customer": "cus_1"}
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Invoice R-1001"},
                    "unit_amount": 119000,
                },
                "quantity": 1,
            },
            {
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Invoice <R-1002>"},
                    "unit_amount": 1000,
                },
                "quantity": 1,
            },
        ],
        "client_reference_id": "com_1",
        "metadata": facts,
        "payment_intent_data": {"metadata": {**facts, "dunlin_invoices": "in_1,in_2"}},
        "success_url": "https://pay.example.com/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://pay.example.com/",
        "customer_email": "payer@example.com",
        "expires_at": int(time.time()) + 3600,
        "locale": "de",
        **changes,
    }


def paid_charge(emulator: Emulator, **changes: Any) -> Any:
    """Open a session, pay it by card, and return the charge."""
    session = emulator.client().v1.checkout.sessions.create(params=session_params(**changes))
    assert emulator.pay(session.id, number="4242424242424242")[0] == 303
    found = emulator.client().v1.checkout.sessions.retrieve(
        session.id, params={"expand": ["payment_intent.latest_charge"]}
    )
    return found.payment_intent.latest_charge


def pending(emulator: Emulator) -> list[Any]:
    """Return the deliveries of webhooks that are still to be made."""
    with urllib.request.urlopen(f"{emulator.url}/_emulator/deliveries?state=pending") as answer:
        return list(json.load(answer)["data"])


def tries(emulator: Emulator) -> int:
    """Return how often the most stubborn of them was tried."""
    return max((len(one["attempts"]) for one in pending(emulator)), default=0)
