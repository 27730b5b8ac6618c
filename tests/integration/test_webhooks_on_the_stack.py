"""Webhooks on the embedded stack: an endpoint on this machine gets what happens, signed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.stack import Running, post_invoice
from tests.waiting import until
from tests.web import Request, serving

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]
TOLD_FIRST = "webhook_endpoint.created"
"""An endpoint's own event: once it comes, the endpoint is known to whoever tells."""


def test_an_endpoint_that_fails_first_gets_the_signed_event_in_the_end(running: Running):
    came: list[Request] = []

    def receive(request: Request) -> tuple[int, bytes]:
        came.append(request)
        return (500 if len(of_type(came, "invoice.created")) == 1 else 204), b""

    with serving(receive) as address:
        where = {"url": f"{address}/hook", "events": [TOLD_FIRST, "invoice.created"]}
        endpoint = running.api.post("/v1/webhook_endpoints", where)
        path = f"/v1/webhook_endpoints/{endpoint['id']}"
        until(lambda: of_type(came, TOLD_FIRST), "the endpoint's own event")

        invoice = post_invoice(running, "W-1")
        until(lambda: [each for each in owed(running, path) if each["attempts"]], "what failed")
        [failed] = owed(running, path)
        assert (failed["attempts"], failed["last_failure"]["status"]) == (1, 500)
        running.api.post(f"{path}/deliveries/{failed['id']}/retry", {})
        until(lambda: not owed(running, path), "the event to be taken")

    first, second = of_type(came, "invoice.created")
    event = Webhook(endpoint["secret"]).verify(second.body, dict(second.headers))
    assert (event["type"], event["object_id"]) == ("invoice.created", invoice["id"])
    assert event in running.api.get(f"/v1/events?customer={invoice['customer']}")["data"]
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == event["id"]


def of_type(came: list[Request], kind: str) -> list[Request]:
    return [each for each in came if json.loads(each.body)["type"] == kind]


def owed(running: Running, path: str) -> Any:
    return running.api.get(f"{path}/deliveries")["data"]
