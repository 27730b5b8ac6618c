"""Over HTTP: the customer is told of a hold or a dispute where the request says so."""

from __future__ import annotations

from typing import Any

from tests.api import Api, an_invoice_body

HELD_UNTIL = "2026-01-10T00:00:00Z"


def told(api: Api, invoice: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the customer was told within a minute: about what, and what came of it."""
    api.world.until("2026-01-02 08:02")
    messages = api.done("GET", f"/v1/communications?customer={invoice['customer']}")["data"]
    return [(each["about"], each["status"]) for each in messages if each["about"]]


def test_a_dispute_and_its_decision(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    body = {"invoice": invoice["id"], "reason": "damaged", "confirm": True}
    opened = api.done("POST", "/v1/disputes", body)
    assert "confirm" not in opened
    assert told(api, invoice) == [(opened["id"], "sent")]
    path = f"/v1/disputes/{opened['id']}/resolve"
    decided = api.done("POST", path, {"outcome": "accepted", "confirm": True})
    assert decided["status"] == "resolved"
    api.world.until("2026-01-02 08:05")
    assert told(api, invoice) == [(opened["id"], "sent")] * 2


def test_a_hold_with_an_end(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/cases/{invoice['case']}/pause"
    endless = api.post(path, {"reason": "moving", "confirm": True})
    assert (endless.status, endless.pointers) == (422, ["/confirm"])
    api.done("POST", path, {"reason": "moving", "until": HELD_UNTIL, "confirm": True})
    assert told(api, invoice) == [(invoice["case"], "sent")]


def test_who_says_nothing_of_it_is_heard_by_nobody_else(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/cases/{invoice['case']}/pause"
    api.done("POST", path, {"reason": "moving", "until": HELD_UNTIL})
    api.done("POST", "/v1/disputes", {"invoice": invoice["id"], "reason": "damaged"})
    assert told(api, invoice) == []
