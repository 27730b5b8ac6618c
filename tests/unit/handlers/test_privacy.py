"""Personal data over HTTP: export in one document or in parts, consent, erasure, and who read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.access import AccessScope
from chalicelib.handlers.shapes import export as shapes
from tests.api import Api, a_customer_body, an_invoice_body
from tests.builders import TEST
from tests.builders.services import put_service

LISTS = (
    "invoices", "cases", "payments", "credit_notes", "promises", "payment_plans",
    "communications", "tasks", "disputes", "services",
    "events",
)  # fmt: skip


CASH = {"currency": "eur", "method": "cash", "paid_at": "2026-01-02T08:00:00Z"}
CONSENT = {"channel": "sms", "given": False, "source": "phone"}


def a_life(api: Api) -> dict[str, Any]:
    """Let an invoice be reminded of, credited and paid, and return it."""
    steps = [{"key": do, "offset_days": 0, "do": do} for do in ("email", "call")]
    sequence = api.done("POST", "/v1/sequences", {"name": "Both", "steps": steps})["id"]
    invoice = api.done(
        "POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence)
    )
    api.world.days(2)
    path = f"/v1/invoices/{invoice['id']}"
    api.done("POST", f"{path}/credit_notes", {"amount": 1, "currency": "eur", "reason": "x"})
    paid = {
        "amount": 118999,
        "currency": "eur",
        "method": "cash",
        "paid_at": "2026-01-03T08:00:00Z",
    }
    promise = {
        "invoices": [invoice["id"]],
        "currency": "eur",
        "dates": [{"date": "2026-01-08", "amount": 118999}],
        "source": "phone",
        "taken_by": "Frau Krause",
        "note": "Waits for her husband's pay.",
    }
    api.done("POST", "/v1/promises", promise)
    api.done("POST", "/v1/disputes", {"invoice": invoice["id"], "reason": "tax", "words": "No."})
    planned = api.done("POST", "/v1/invoices", an_invoice_body("R-2", due_date="2026-01-02"))
    plan = {
        "invoices": [planned["id"]],
        "currency": "eur",
        "equal_instalments": {"first_date": "2026-02-02", "interval": "month", "count": 2},
    }
    api.done("POST", "/v1/payment_plans", plan)
    api.done("POST", f"/v1/invoices/{planned['id']}/void")
    put_service(api.world.ledger, TEST, invoice["id"])
    api.done("POST", f"{path}/payments", paid)
    api.world.days(1)
    return invoice


def whole(api: Api, path: str) -> list[dict[str, Any]]:
    """Return the parts of an export, read to the end."""
    parts = [api.done("GET", path)]
    while parts[-1]["has_more"]:
        parts.append(api.done("GET", f"{path}?after={parts[-1]['next']}"))
    assert parts[-1]["next"] is None
    return parts


def test_an_export_has_everything_that_the_single_routes_have(api: Api):
    invoice = a_life(api)
    customer = invoice["customer"]

    [export] = whole(api, f"/v1/customers/{customer}/export")

    assert export["customer"] == api.done("GET", f"/v1/customers/{customer}")
    for name in LISTS[:-1]:
        listed = api.done("GET", f"/v1/{name}?customer={customer}")["data"]
        assert export[name] == listed[::-1] != [], name
    told = api.done("GET", f"/v1/events?customer={customer}&limit=100")["data"]
    assert {each["id"] for each in export["events"]} == {each["id"] for each in told}
    stored = api.world.ledger.filed(TEST, customer, after=None, limit=10_000)
    assert sum(len(export[name]) for name in LISTS) == len(stored) - 1


def test_what_is_too_large_for_an_answer_comes_in_parts_and_none_is_left_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    customer = a_life(api)["customer"]
    path = f"/v1/customers/{customer}/export"
    [one] = whole(api, path)
    api.world.days(1)
    monkeypatch.setattr(shapes, "MOST_WEIGHT", 2_000)

    parts = whole(api, path)

    assert len(parts) > 3
    for name in LISTS[:-1]:
        assert [each for part in parts for each in part[name]] == one[name], name
    events = [each["id"] for part in parts for each in part["events"]]
    assert len(events) == len(set(events)) > len(one["events"])


def test_an_export_is_an_event_with_who_and_goes_on_without_another(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    path = f"/v1/customers/{customer}/export"
    first = api.done("GET", path)
    assert first["exported_at"] == "2026-01-02T08:00:00Z"
    api.done("GET", f"{path}?after=SU5WT0lDRSMw")
    api.world.days(1)

    timeline = api.done("GET", f"/v1/customers/{customer}/timeline")["data"]

    [told] = [each for each in timeline if each["type"] == "customer.exported"]
    assert told["by"].startswith("api_key:ak_")
    assert told["why"] == "export"


def test_a_part_of_no_export_that_was_begun_is_an_export_too(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    path = f"/v1/customers/{customer}/export?after=SU5WT0lDRSMw"

    assert api.done("GET", path)["exported_at"] == "2026-01-02T08:00:00Z"
    api.world.clock.advance(hours=2)
    assert api.done("GET", path)["exported_at"] == "2026-01-02T10:00:00Z"


@pytest.mark.parametrize("after", ["", "x", "a b", "%2A%2A%2A%2A", "____-", "w6Q="])
def test_where_no_export_ever_ended_none_goes_on(api: Api, after: str):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]

    reply = api.get(f"/v1/customers/{customer}/export?after={after}")

    assert (reply.status, reply.pointers) == (422, ["/after"])


@pytest.mark.parametrize("scope", [AccessScope.READ, AccessScope.WRITE])
def test_export_and_erasure_take_the_scope_admin(api: Api, scope: AccessScope):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    key = api.new_key(scope)
    path = f"/v1/customers/{customer}"

    assert api.get(f"{path}/export", key=key).status == 403
    assert api.post(f"{path}/erase", {"reason": "objection"}, key=key).status == 403


def test_an_erasure_is_answered_at_once_and_ended_later(api: Api):
    invoice = a_life(api)
    path = f"/v1/customers/{invoice['customer']}"

    erased = api.done("POST", f"{path}/erase", {"reason": "objection"})

    nobody = {"name": "", "external_id": None, "email": None, "phone": None, "metadata": {}}
    assert {name: erased[name] for name in nobody} == nobody
    assert erased["erasure"]["reason"] == "objection"
    assert erased["erasure"]["done_at"] is None
    token = invoice["pay_url"].partition("/pay/")[2]
    page = api.get(f"/pay/{token}", key="")
    assert page.status == 404
    assert b"Sonnenschein" not in page.body
    assert b"R-1" not in page.body
    api.world.work()
    assert api.done("GET", path)["erasure"]["done_at"]
    assert api.done("POST", f"{path}/erase", {"reason": "unlawful"})["erasure"]["reason"] == (
        "objection"
    )
    text = json.dumps(whole(api, f"{path}/export")).lower()
    assert "sonnenschein" not in text
    assert "4915112345678" not in text


@pytest.mark.parametrize("body", [{}, {"reason": "retention"}, {"reason": "x"}])
def test_an_erasure_needs_a_ground_of_the_law(api: Api, body: dict[str, str]):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]

    reply = api.post(f"/v1/customers/{customer}/erase", body)

    assert (reply.status, reply.pointers) == (422, ["/reason"])


def test_what_stands_against_an_erasure_has_a_code(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/customers/{invoice['customer']}"

    refused = api.post(f"{path}/erase", {"reason": "objection"})
    assert (refused.status, refused.json["code"]) == (409, "customer_has_open_invoices")
    paid = {
        "amount": 119001,
        "currency": "eur",
        "method": "cash",
        "paid_at": "2026-01-02T08:00:00Z",
    }
    api.done("POST", f"/v1/invoices/{invoice['id']}/payments", paid)
    refused = api.post(f"{path}/erase", {"reason": "objection"})
    assert (refused.status, refused.json["code"]) == (409, "customer_has_money_in_flight")


def test_whoever_is_erased_takes_nothing_more(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body(external_id="C-1"))["id"]
    api.done("POST", f"/v1/customers/{customer}/erase", {"reason": "objection"})

    for method, path, body in (
        ("PATCH", f"/v1/customers/{customer}", {"name": "Back"}),
        ("POST", f"/v1/customers/{customer}/consents", CONSENT),
        ("POST", "/v1/invoices", an_invoice_body(customer=customer)),
    ):
        reply = api.call(method, path, body)
        assert (reply.status, reply.json["code"]) == (409, "customer_erased"), path
    assert api.done("GET", "/v1/customers?external_id=C-1")["data"] == []
    again = api.done("POST", "/v1/invoices", an_invoice_body())
    assert again["customer"] != customer
