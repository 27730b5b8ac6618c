"""Charges by the API: what is asked for, why, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, a_customer_body, an_invoice_body


@pytest.fixture
def invoice(api: Api) -> Any:
    """An invoice that is long overdue."""
    return api.done(
        "POST", "/v1/invoices", an_invoice_body(issue_date="2025-11-01", due_date="2025-12-01")
    )


def charge(api: Api, invoice: Any, **body: Any) -> Any:
    api.world.clock.advance(minutes=1)
    return api.done("POST", f"/v1/invoices/{invoice['id']}/charges", body)


def refused(api: Api, invoice: Any, **body: Any) -> tuple[int, str]:
    reply = api.call("POST", f"/v1/invoices/{invoice['id']}/charges", body)
    return reply.status, reply.json["code"]


def test_interest_says_how_it_was_reckoned(api: Api, invoice: Any):
    made = charge(api, invoice, kind="interest", until="2026-01-01")
    assert {name: made[name] for name in ("object", "kind", "amount", "currency", "waives")} == {
        "object": "charge", "kind": "interest", "amount": 1038, "currency": "eur", "waives": [],
    }  # fmt: skip
    parts = made["basis"].pop("parts")
    assert made["basis"] == {
        "principal": 119000, "percent": None, "bounded": False, "law": "DE",
        "source": "BGB section 288", "day_count": "actual_365", "rounding": "at_end",
        "carried_over": None, "carried": "-97/3650",
    }  # fmt: skip
    assert parts == [
        {"since": "2025-12-02", "until": "2025-12-31", "days": 30, "principal": 119000,
         "percent": "10.27", "base_percent": "1.27", "amount": 1004},
        {"since": "2026-01-01", "until": "2026-01-01", "days": 1, "principal": 119000,
         "percent": "10.27", "base_percent": "1.27", "amount": 34},
    ]  # fmt: skip
    after = api.done("GET", f"/v1/invoices/{invoice['id']}")
    assert (after["amount"], after["amount_charged"]) == (119000, 1038)
    assert after["amount_remaining"] == 119000 + 1038


def test_charges_are_read_as_they_were_answered(api: Api, invoice: Any):
    fee = charge(api, invoice, kind="fee", percent="2.5", at_most=1000, reason="Late again")
    lump = charge(api, invoice, kind="compensation")
    waiver = api.done("POST", f"/v1/charges/{fee['id']}/waive", {"reason": "Goodwill"})

    assert (fee["amount"], fee["basis"]["percent"], fee["basis"]["bounded"]) == (1000, "2.5", True)
    assert (lump["amount"], lump["basis"]["law"]) == (4000, "DE")
    assert (waiver["kind"], waiver["amount"]) == ("waiver", -1000)
    assert waiver["waives"] == [{"charge": fee["id"], "amount": 1000}]
    for each in (fee, lump, waiver):
        assert api.done("GET", f"/v1/charges/{each['id']}") == each
    of_invoice = api.done("GET", f"/v1/charges?invoice={invoice['id']}")["data"]
    of_customer = api.done("GET", f"/v1/charges?customer={invoice['customer']}&limit=2")
    assert {each["id"] for each in of_invoice} == {fee["id"], lump["id"], waiver["id"]}
    assert (len(of_customer["data"]), of_customer["has_more"]) == (2, True)


def test_each_charge_is_an_event(api: Api, invoice: Any):
    fee = charge(api, invoice, kind="fee", amount=500, currency="eur")
    api.done(
        "POST", f"/v1/charges/{fee['id']}/waive", {"reason": "Frau Meier asked", "amount": 200}
    )
    api.world.work()
    told = {
        each["type"]: each["data"]
        for each in api.done("GET", "/v1/events?limit=100")["data"]
        if each["type"].startswith("charge.")
    }
    of = {"invoice": invoice["id"], "currency": "eur"}
    assert told["charge.added"] == {**of, "amount": 500, "kind": "fee"}
    waives = [{"charge": fee["id"], "amount": 200}]
    assert told["charge.waived"] == {**of, "amount": 200, "waives": waives}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "fine"}, "/kind"),
        ({"kind": "fee"}, ""),
        ({"kind": "fee", "amount": 1}, "/currency"),
        ({"kind": "fee", "amount": 0, "currency": "eur"}, "/amount"),
        ({"kind": "fee", "amount": 1, "currency": "usd"}, "/currency"),
        ({"kind": "fee", "percent": 2.5}, "/percent"),
        ({"kind": "fee", "percent": "101"}, "/percent"),
        ({"kind": "fee", "percent": "1", "until": "2026-01-01"}, ""),
        ({"kind": "fee", "tiers": []}, "/tiers"),
        ({"kind": "fee", "tiers": [{"up_to": 1}]}, "/tiers/0/percent"),
        ({"kind": "fee", "tiers": [{"amount": 1, "percent": "1"}]}, "/tiers/0/percent"),
        ({"kind": "interest", "until": "2126-01-01"}, "/until"),
        ({"kind": "compensation", "law": "US"}, "/law"),
    ],
)
def test_what_is_wrong_is_named(api: Api, invoice: Any, body: Any, pointer: str):
    reply = api.call("POST", f"/v1/invoices/{invoice['id']}/charges", body)
    assert reply.status == 422, reply.body
    assert [each["pointer"] for each in reply.json["errors"]] == [pointer]


def test_what_the_law_does_not_give_is_refused_by_code(api: Api):
    consumer = a_customer_body(external_id="C-9", kind="consumer")
    late = {"issue_date": "2025-11-01", "due_date": "2025-12-01"}
    theirs = api.done("POST", "/v1/invoices", an_invoice_body("R-9", customer=consumer, **late))
    assert api.done("GET", f"/v1/customers/{theirs['customer']}")["kind"] == "consumer"
    assert refused(api, theirs, kind="compensation") == (409, "not_for_consumers")
    assert refused(api, theirs, kind="interest", law="FR") == (409, "not_for_consumers")
    assert charge(api, theirs, kind="interest")["basis"]["parts"][0]["percent"] == "6.27"
    api.done("PATCH", f"/v1/customers/{theirs['customer']}", {"kind": "business"})
    assert charge(api, theirs, kind="compensation")["amount"] == 4000
    dollars = api.done("POST", "/v1/invoices", an_invoice_body("R-8", currency="usd", **late))
    assert refused(api, dollars, kind="compensation") == (409, "compensation_unknown")
    not_yet = api.done("POST", "/v1/invoices", an_invoice_body("R-7"))
    assert refused(api, not_yet, kind="interest") == (409, "not_overdue")
    assert refused(api, theirs, kind="compensation") == (409, "nothing_to_charge")
    old = an_invoice_body("R-6", issue_date="2010-01-01", due_date="2010-02-01")
    assert refused(api, api.done("POST", "/v1/invoices", old), kind="interest") == (
        409,
        "rate_unknown",
    )


def test_steps_that_charge_are_previewed_and_explained(api: Api):
    steps = [
        {"key": "fee", "offset_days": 1, "do": "fee",
         "parameters": {"amount": 500, "currency": "eur"}},
        {"key": "interest", "offset_days": 5, "do": "interest", "parameters": {"policy": True}},
    ]  # fmt: skip
    stored = api.done("POST", "/v1/sequences", {"name": "Charging", "steps": steps})
    assert [each["parameters"] for each in stored["steps"]] == [
        each["parameters"] for each in steps
    ]
    body = an_invoice_body(due_date="2026-01-02", sequence=stored["id"])
    preview = {
        "sequence": stored["id"],
        "customer": {"country": "DE"},
        "invoices": [{each: body[each] for each in
                      ("number", "amount", "currency", "issue_date", "due_date")}],
        "from": "2026-01-02T00:00:00Z",
        "until": "2026-02-01T00:00:00Z",
    }  # fmt: skip
    entries = api.done("POST", "/v1/sequences/preview", preview)["entries"]
    assert [(each["step"], each["amount_charged"]) for each in entries] == [
        ("fee", 500),
        ("interest", 167),
    ]
    posted = api.done("POST", "/v1/invoices", body)
    api.world.days(7)
    explained = api.done("GET", f"/v1/cases/{posted['case']}/explain")["steps"]
    charges = api.done("GET", f"/v1/charges?invoice={posted['id']}")["data"]
    assert [(each["step"], each["amount"], each["id"]) for each in reversed(charges)] == [
        (each["step"], each["amount_charged"], each["charge"]) for each in explained
    ]
    assert [each["amount_charged"] for each in explained] == [500, 167]


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"amount": "5", "currency": "eur"}, "/steps/0/parameters/amount"),
        ({"amount": 5}, "/steps/0/parameters"),
        ({"fine": 5}, "/steps/0/parameters/fine"),
    ],
)
def test_parameters_are_refused_where_they_are_wrong(api: Api, parameters: Any, pointer: str):
    step = {"key": "fee", "offset_days": 1, "do": "fee", "parameters": parameters}
    reply = api.call("POST", "/v1/sequences", {"name": "Charging", "steps": [step]})
    assert reply.status == 422
    assert [each["pointer"] for each in reply.json["errors"]] == [pointer]
