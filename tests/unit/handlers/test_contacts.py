"""Contacts that people tell of, and a customer's own hours, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, a_customer_body, an_invoice_body

HOURS = {"days": ["mon", "fri"], "from": "10:00", "to": "12:30"}


def a_customer(api: Api, **facts: Any) -> str:
    return f"/v1/customers/{api.done('POST', '/v1/customers', a_customer_body(**facts))['id']}"


def test_a_contact_is_kept_and_told_of_once(api: Api):
    path = a_customer(api)
    call = {"channel": "call", "direction": "in", "conversation": True,
            "at": "2026-01-01T10:00:00Z"}  # fmt: skip

    first = api.done("POST", f"{path}/contacts", call)
    assert first["contacts"] == [call]
    assert api.done("POST", f"{path}/contacts", call) == first
    api.world.work()
    events = api.done("GET", "/v1/events?type=customer.contacted")["data"]
    assert [each["data"]["direction"] for each in events] == ["in"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"channel": "pigeon"}, "/channel"),
        ({"direction": "up"}, "/direction"),
        ({"at": "2026-01-02T09:00:00Z"}, "/at"),
        ({"at": "2025-12-01T08:00:00Z"}, "/at"),
        ({"invoice": "in_1"}, "/invoice"),
    ],
)
def test_a_contact_that_cannot_be_is_refused(api: Api, change: dict[str, str], pointer: str):
    body = {"channel": "call", "direction": "out", **change}
    refused = api.post(f"{a_customer(api)}/contacts", body)

    assert (refused.status, refused.pointers) == (422, [pointer])


def test_a_call_about_somebody_elses_invoice_is_refused(api: Api):
    other = api.done("POST", "/v1/invoices", an_invoice_body())["id"]
    body = {"channel": "call", "direction": "out", "invoice": other}
    refused = api.post(f"{a_customer(api, external_id='another')}/contacts", body)

    assert refused.pointers == ["/invoice"]


def test_own_hours_are_set_changed_and_taken_away(api: Api):
    path = a_customer(api, contact_hours=HOURS)

    assert api.done("GET", path)["contact_hours"] == HOURS
    wrong = {**HOURS, "to": "10:00"}
    assert api.call("PATCH", path, {"contact_hours": wrong}).pointers == ["/contact_hours/to"]
    assert api.done("PATCH", path, {"contact_hours": None})["contact_hours"] is None
