"""The embedded stack for tests: one for all files of a test process, on free ports.

It runs the package that `make run` deploys. Which files come before is nobody's to say: a file
names its invoices and customers as no other does. The fixture `running` is in tests/conftest.py.
"""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.api import Api
from local.creditor import Credentials
from local.deploy import Deployment
from local.layout import Layout
from local.run import bring_up
from local.stack import Stack, client
from tests.waiting import until

SCHEDULED = {
    "version": "0",
    "id": "1",
    "account": "0",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-01-01T00:00:00Z",
    "resources": [],
}
BETWEEN_SWEEPS = 1.5
WAITING = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass
class Running:
    """A stack that is up."""

    stack: Stack
    credentials: Credentials
    deployment: Deployment

    @property
    def layout(self) -> Layout:
        return self.stack.layout

    @property
    def api(self) -> Api:
        return Api(self.layout.api_url, self.credentials.api_key)

    def mail(self, to: str) -> list[Any]:
        """Return the messages to addresses or numbers that contain `to`, newest first."""
        query = urllib.parse.urlencode({"to": to, "limit": 1000})
        return list(get_json(f"{self.layout.mail_url}/api/messages?{query}")["data"])

    def mails(self) -> int:
        """Return how many messages were ever handed over, to whomever."""
        return int(get_json(f"{self.layout.mail_url}/api/messages?limit=1")["total"])

    def mail_waiting(self) -> int:
        """Return of how many mails SES's events are still to be published."""
        return int(get_json(f"{self.layout.mail_url}/api/health")["waiting"])

    def sweep(self) -> None:
        """What the schedule does every minute."""
        self._scheduled("FunctionSweep")

    def catch_up_payments(self) -> None:
        """What the schedule does every five minutes."""
        self._scheduled("FunctionCatchUpPayments")

    def _scheduled(self, function: str) -> None:
        name = self.deployment.outputs[function]
        answer = client(self.layout, "lambda").invoke(
            FunctionName=name, Payload=json.dumps(SCHEDULED).encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def sweep_until_mail(self, to: str) -> None:
        """Sweep until a message to `to` is there; a new case is due seconds after it was posted."""

        def arrived() -> bool:
            if not (found := self.mail(to)):
                self.sweep()
                time.sleep(BETWEEN_SWEEPS)
            return bool(found)

        until(arrived, f"a message to {to}")

    def until_quiet(self, seconds: float = 60) -> None:
        """Wait until no queue holds a message and no worker is at one."""
        sqs = client(self.layout, "sqs")
        urls = self.deployment.with_prefix("Queue").values()

        def quiet() -> bool:
            found = [
                sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(WAITING))["Attributes"]
                for url in urls
            ]
            return not any(int(each[name]) for each in found for name in WAITING)

        until(quiet, "empty queues", seconds=seconds)

    def control(self, path: str, **form: str) -> Any:
        """Do something at the Stripe emulator that no customer can do."""
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"{self.layout.stripe_url}/_emulator/{path}", data=data)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a stack with a creditor, stopped at the end of the run."""
    stack = Stack(Layout.on_free_ports(tmp_path_factory.mktemp("stack")))
    try:
        yield Running(stack, *bring_up(stack))
    finally:
        stack.stop()


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def post_invoice(running: Running, number: str, **changes: Any) -> Any:
    """Post an invoice that was due the day before yesterday, to be reminded of at once."""
    today = datetime.now(UTC).date()
    body = {
        "number": number,
        "customer": a_bakery(number),
        "currency": "eur",
        "amount": 119000,
        "issue_date": (today - timedelta(days=16)).isoformat(),
        "due_date": (today - timedelta(days=2)).isoformat(),
        "sequence": running.credentials.at_once,
        **changes,
    }
    return running.api.post("/v1/invoices", body)


def a_bakery(key: str, **changes: Any) -> dict[str, Any]:
    """Return a customer in Berlin, to be posted with an invoice."""
    return {
        "external_id": f"C-{key}",
        "name": "Bäckerei Sonnenschein GmbH",
        "email": f"{key.lower()}@sonnenschein.example.com",
        "country": "DE",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
        **changes,
    }


def paid(running: Running, invoice: Any) -> bool:
    """Say whether the invoice is paid by now."""
    return bool(running.api.get(f"/v1/invoices/{invoice['id']}")["status"] == "paid")
