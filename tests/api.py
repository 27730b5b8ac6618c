"""The HTTP API over a `World`: real routes and services on fakes, called as a client would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalice.test import Client

import app
from chalicelib import bootstrap
from chalicelib.domain.access import AccessScope
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.handlers import idempotency
from chalicelib.services.issue_api_key import issue_api_key
from tests.builders import CREDITOR_ID, a_creditor
from tests.fakes.idempotency import InMemoryAnswers
from tests.world import World

OTHER_CREDITOR_ID = "cr_" + "D" * 16
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `headers` in lower case, `json` None where the body isn't JSON."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def pointers(self) -> list[str]:
        """The fields that a problem document names."""
        return [error["pointer"] for error in self.json.get("errors", [])]


class Api:
    """A client with a test key of admin scope; `world` is what stands behind the API."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers = InMemoryAnswers()
        self._http = Client(app.app).http
        self.world.ledger.save_creditor(
            a_creditor(id=OTHER_CREDITOR_ID, default_sequence="seq_default")
        )
        self.key = self.new_key()

    def new_key(
        self,
        scope: AccessScope = AccessScope.ADMIN,
        *,
        mode: Mode = Mode.TEST,
        creditor: str = CREDITOR_ID,
    ) -> str:
        """Issue a key."""
        return issue_api_key(self.world.ports, Tenant(creditor, mode), [scope])

    def call(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        raw: bytes | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send a request; `raw` is sent as it is, `document` as JSON; `key=""` sends none."""
        sent = {"Content-Type": JSON, "Authorization": f"Bearer {self.key if key is None else key}"}
        if key == "":
            del sent["Authorization"]
        body = raw if raw is not None else b""
        if document is not None:
            body = json.dumps(document).encode()
        answer = self._http.request(method, path, headers={**sent, **(headers or {})}, body=body)
        return Reply(
            answer.status_code,
            {name.lower(): str(value) for name, value in answer.headers.items()},
            answer.body,
        )

    def get(self, path: str, **how: Any) -> Reply:
        return self.call("GET", path, **how)

    def post(self, path: str, document: Any = None, **how: Any) -> Reply:
        return self.call("POST", path, document, **how)

    def done(self, method: str, path: str, document: Any = None, **how: Any) -> Any:
        """Send what must succeed, and return its JSON."""
        reply = self.call(method, path, document, **how)
        assert reply.status < 300, reply.body
        return reply.json


@contextmanager
def an_api(**world: Any) -> Iterator[Api]:
    """Put the API on a new world, and take it off again."""
    api = Api(World(**world))
    bootstrap.use(api.world.ports)
    idempotency.use(api.answers)
    try:
        yield api
    finally:
        bootstrap.use(None)
        idempotency.use(None)


def a_customer_body(**fields: Any) -> dict[str, Any]:
    """Return what creates a customer."""
    return {
        "name": "Bäckerei Sonnenschein GmbH",
        "country": "DE",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
        "email": "rechnung@sonnenschein.example",
        "phone": "+4915112345678",
        **fields,
    }


def an_invoice_body(number: str = "R-1", **fields: Any) -> dict[str, Any]:
    """Return what posts an invoice over €1,190.00 to a customer with an external id."""
    return {
        "number": number,
        "customer": a_customer_body(external_id="C-1"),
        "currency": "eur",
        "amount": 119000,
        "issue_date": "2026-01-02",
        "due_date": "2026-01-16",
        **fields,
    }
