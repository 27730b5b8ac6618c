"""Promises over HTTP: taken once, read as they were answered, listed, called off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, an_invoice_body


@pytest.fixture
def invoice(api: Api) -> Any:
    return api.done("POST", "/v1/invoices", an_invoice_body())


def a_body(*invoices: Any, **facts: Any) -> dict[str, Any]:
    return {
        "invoices": [each["id"] for each in invoices],
        "currency": "eur",
        "dates": [{"date": "2026-02-10", "amount": 60000}, {"date": "2026-03-10", "amount": 59000}],
        "source": "phone",
        **facts,
    }


def test_a_promise_is_read_as_it_was_answered(api: Api, invoice: Any):
    body = a_body(invoice, taken_by="Frau Krause", note="Waits for a payment.")
    promise = api.done("POST", "/v1/promises", body)
    assert promise == {
        "id": promise["id"],
        "object": "promise",
        "livemode": False,
        "customer": invoice["customer"],
        "status": "open",
        "ended_by": None,
        "currency": "eur",
        "amount": 119000,
        "amount_received": 0,
        "dates": [
            {"date": "2026-02-10", "amount": 60000, "status": "open"},
            {"date": "2026-03-10", "amount": 59000, "status": "open"},
        ],
        "invoices": [invoice["id"]],
        "grace_days": 7,
        "source": "phone",
        "taken_by": "Frau Krause",
        "note": "Waits for a payment.",
        "judged_at": "2026-02-17T23:00:00Z",
        "created_at": "2026-01-02T08:00:00Z",
        "ended_at": None,
    }
    assert api.done("GET", f"/v1/promises/{promise['id']}") == promise
    [pause] = api.done("GET", f"/v1/cases/{invoice['case']}")["pauses"]
    assert (pause["kind"], pause["reference"], pause["until"]) == (
        "promise",
        promise["id"],
        "2026-02-17T23:00:00Z",
    )
    explained = api.done("GET", f"/v1/cases/{invoice['case']}/explain")["next"]
    assert (explained["reason"], explained["at"]) == ("promise", "2026-02-17T23:00:00Z")


def test_what_came_of_it_is_shown_date_by_date_and_told(api: Api, invoice: Any):
    promise = api.done("POST", "/v1/promises", a_body(invoice))
    paid = {
        "amount": 60000,
        "currency": "eur",
        "paid_at": "2026-01-02T08:00:00Z",
        "method": "bank_transfer",
    }
    api.done("POST", f"/v1/invoices/{invoice['id']}/payments", paid)
    api.world.days(80)
    after = api.done("GET", f"/v1/promises/{promise['id']}")
    assert (after["status"], after["ended_by"], after["amount_received"]) == (
        "partly_kept",
        "day_passed",
        60000,
    )
    assert [each["status"] for each in after["dates"]] == ["kept", "broken"]
    assert api.done("GET", f"/v1/customers/{invoice['customer']}")["broken_promises"] == 0
    told = api.done("GET", f"/v1/events?customer={invoice['customer']}&limit=100")["data"]
    types = [each["type"] for each in reversed(told) if each["object_id"] == promise["id"]]
    assert types == ["promise.made", "promise.date_kept", "promise.partly_kept"]


def test_lists_by_customer_and_status(api: Api, invoice: Any):
    other = api.done("POST", "/v1/invoices", an_invoice_body("R-2"))
    first = api.done("POST", "/v1/promises", a_body(invoice))
    api.world.clock.advance(minutes=1)
    second = api.done("POST", "/v1/promises", a_body(other))
    off = api.done("POST", f"/v1/promises/{first['id']}/cancel", {"reason": "Misunderstood"})
    assert (off["status"], off["ended_by"]) == ("cancelled", "cancelled")
    api.world.sweep()
    of = f"/v1/promises?customer={invoice['customer']}"
    assert api.done("GET", of)["data"] == [second, off]
    assert api.done("GET", f"{of}&status=open")["data"] == [second]
    assert api.done("GET", "/v1/promises?status=cancelled")["data"] == [off]
    assert api.done("GET", f"/v1/promises?limit=1&starting_after={second['id']}")["data"] == [off]
    told = api.done("GET", f"/v1/events?customer={invoice['customer']}&type=promise.cancelled")
    assert [each["why"] for each in told["data"]] == ["Misunderstood"]


def test_a_second_promise_about_it_is_refused(api: Api, invoice: Any):
    api.done("POST", "/v1/promises", a_body(invoice))
    again = api.post("/v1/promises", a_body(invoice))
    assert (again.status, again.json["code"]) == (409, "promise_already_open")


def test_the_same_request_makes_one_promise(api: Api, invoice: Any):
    key = {"Idempotency-Key": "promise-1"}
    first = api.done("POST", "/v1/promises", a_body(invoice), headers=key)
    api.answers.records.clear()
    assert api.done("POST", "/v1/promises", a_body(invoice), headers=key) == first
    api.answers.records.clear()
    other = api.post("/v1/promises", a_body(invoice, grace_days=1), headers=key)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"invoices": []}, "/invoices"),
        ({"dates": []}, "/dates"),
        ({"dates": [{"date": "2026-01-01", "amount": 1}]}, "/dates/0/date"),
        ({"dates": [{"date": "2026-04-03", "amount": 1}]}, "/dates/0/date"),
        (
            {"dates": [{"date": "2026-02-02", "amount": 1}, {"date": "2026-02-02", "amount": 1}]},
            "/dates/1/date",
        ),
        ({"currency": "usd"}, "/currency"),
        ({"grace_days": 31}, "/grace_days"),
        ({"source": "dream"}, "/source"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_is_wrong_is_named(api: Api, invoice: Any, facts: dict[str, Any], pointer: str):
    refused = api.post("/v1/promises", a_body(invoice, **facts))
    assert (refused.status, refused.pointers) == (422, [pointer])


def test_more_than_is_owed_cant_be_promised(api: Api, invoice: Any):
    dates = [{"date": "2026-02-10", "amount": 119001}]
    refused = api.post("/v1/promises", a_body(invoice, dates=dates))
    assert (refused.status, refused.json["code"]) == (409, "amount_exceeds_remaining")


def test_an_invoice_that_isnt_there_is_not_found(api: Api, invoice: Any):
    absent = {"id": f"{invoice['id'][:-4]}0000"}
    nobodys = {"id": "in_" + "0" * 32}
    assert api.post("/v1/promises", a_body(absent)).status == 404
    assert api.post("/v1/promises", a_body(nobodys)).status == 404
