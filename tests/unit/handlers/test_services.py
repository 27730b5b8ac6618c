"""Services by the API: what is asked, told by events and webhooks, and acknowledged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, an_invoice_body

STEPS: list[dict[str, Any]] = [
    {"key": "warning", "offset_days": 5, "do": "email"},
    {
        "key": "cut_off",
        "offset_days": 20,
        "do": "service",
        "parameters": {"action": "suspend", "announced_by": "warning"},
    },
]


@pytest.fixture
def invoice(api: Api) -> dict[str, Any]:
    """Return an invoice for which the service was suspended just now."""
    sequence = api.done("POST", "/v1/sequences", {"name": "Cuts off", "steps": STEPS})["id"]
    body = an_invoice_body(due_date="2026-01-05", sequence=sequence)
    made: dict[str, Any] = api.done("POST", "/v1/invoices", body)
    api.world.until("2026-01-27 08:00")
    return made


def the_service(api: Api) -> Any:
    [service] = api.done("GET", "/v1/services")["data"]
    return service


def types(api: Api) -> list[str]:
    """Return the types of the events about services, oldest first."""
    told = api.done("GET", "/v1/events?limit=100")["data"]
    return [each["type"] for each in told if each["type"].startswith("service.")][::-1]


def test_a_suspension_is_asked_for_and_acknowledged(api: Api, invoice: dict[str, Any]):
    service = the_service(api)
    assert (service["object"], service["action"], service["number"]) == ("service", "suspend", 1)
    assert (service["customer"], service["invoices"]) == (invoice["customer"], [invoice["id"]])
    case = api.done("GET", f"/v1/cases/{invoice['case']}")
    assert case["restricts"] == "suspend"

    path = f"/v1/services/{service['id']}"
    done = api.done("POST", f"{path}/acknowledge", {"number": 1})
    assert (done["status"], done["acknowledged_at"]) == ("acknowledged", "2026-01-27T08:00:00Z")
    assert api.done("POST", f"{path}/acknowledge", {"number": 1}) == done
    assert api.done("GET", path) == done
    assert api.done("GET", "/v1/services?status=requested")["data"] == []
    api.world.days(1)
    assert types(api)[0] == "service.suspend_requested"
    assert types(api)[-1] == "service.suspended"


def test_the_event_has_what_a_billing_system_needs(api: Api, invoice: dict[str, Any]):
    query = "type=service.suspend_requested&limit=100"
    asked = api.done("GET", f"/v1/events?{query}")["data"][-1]
    assert asked["object_id"] == the_service(api)["id"]
    assert asked["customer"] == invoice["customer"]
    assert asked["data"] == {
        "action": "suspend",
        "number": 1,
        "invoices": [invoice["id"]],
        "asked": 1,
    }


def test_what_nobody_acknowledges_becomes_a_task(api: Api, invoice: dict[str, Any]):
    service = the_service(api)
    assert (service["status"], service["asked"]) == ("unanswered", 4)
    task = api.done("GET", f"/v1/tasks/{service['task']}")
    assert (task["do"], task["case"], task["status"]) == ("service", invoice["case"], "open")
    api.done("POST", f"/v1/services/{service['id']}/acknowledge", {"number": 1})
    assert api.done("GET", f"/v1/tasks/{service['task']}")["outcome"] == "acknowledged"


def test_a_payment_restores_and_ends_the_task(api: Api, invoice: dict[str, Any]):
    task = the_service(api)["task"]
    paid = {
        "amount": invoice["amount"],
        "currency": "eur",
        "method": "cash",
        "paid_at": "2026-01-27T08:00:00Z",
    }
    api.done("POST", f"/v1/invoices/{invoice['id']}/payments", paid)
    api.world.until("2026-01-27 08:01")
    service = the_service(api)
    assert (service["action"], service["number"], service["status"]) == ("restore", 2, "requested")
    assert api.done("GET", f"/v1/tasks/{task}")["outcome"] == "replaced"
    path = f"/v1/services/{service['id']}/acknowledge"
    assert api.done("POST", path, {"number": 1}) == service
    assert api.done("POST", path, {"number": 2})["status"] == "acknowledged"
    case = api.done("GET", f"/v1/cases/{invoice['case']}")
    assert (case["restricts"], case["due_at"]) == (None, None)


@pytest.mark.parametrize("number", [2, 99])
def test_a_request_that_was_never_made_isn_t_acknowledged(
    api: Api, invoice: dict[str, Any], number: int
):
    path = f"/v1/services/{the_service(api)['id']}/acknowledge"
    refused = api.call("POST", path, {"number": number})
    assert (refused.status, refused.pointers) == (422, ["/number"])


def test_a_sequence_that_announces_nothing_is_refused(api: Api):
    silent = [STEPS[0], {**STEPS[1], "parameters": {"action": "suspend"}}]
    refused = api.call("POST", "/v1/sequences", {"name": "Silent", "steps": silent})
    assert (refused.status, refused.pointers) == (422, ["/steps/1/parameters"])


def test_explain_and_preview_tell_of_it(api: Api, invoice: dict[str, Any]):
    told = api.done("GET", f"/v1/cases/{invoice['case']}/explain")
    assert [each["state"] for each in told["steps"]] == ["sent", "acted"]
    dry = {
        "sequence": {"name": "Late", "catch_up": "latest", "steps": STEPS},
        "customer": {"country": "DE", "timezone": "Europe/Berlin", "locale": "de"},
        "invoices": [
            {
                "number": "R-9",
                "amount": 100,
                "currency": "eur",
                "issue_date": "2026-01-05",
                "due_date": "2026-01-05",
            }
        ],
        "happenings": [
            {
                "at": "2026-01-06T00:00:00Z",
                "type": "hold",
                "invoice": "R-9",
                "until": "2026-01-28",
            }
        ],
        "from": "2026-01-05T00:00:00Z",
        "until": "2026-03-01T00:00:00Z",
    }
    entries = api.done("POST", "/v1/sequences/preview", dry)["entries"]
    acts = [(each["step"], each["reason"]) for each in entries if each["outcome"] == "act"]
    assert acts == [("cut_off", "not_announced")]
