"""Disputes over HTTP: what is taken, refused, listed, and shown to the customer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.access import AccessScope
from chalicelib.domain.dispute import DisputeReason
from tests.api import Api, an_invoice_body
from tests.unit.handlers.test_idempotency import KEY, lose_the_next_answer
from tests.unit.handlers.test_pay_page import choose

PART = {"amount": 30_000, "currency": "eur"}


@pytest.fixture
def invoice(api: Api) -> dict[str, Any]:
    """Post an invoice over €1,190.00."""
    return api.done("POST", "/v1/invoices", an_invoice_body())


def dispute(api: Api, invoice: dict[str, Any], **facts: Any) -> dict[str, Any]:
    body = {"invoice": invoice["id"], "reason": "damaged", **facts}
    return api.done("POST", "/v1/disputes", body)


def test_a_dispute_is_opened_passed_on_put_off_and_decided(api: Api, invoice: dict[str, Any]):
    opened = dispute(api, invoice, **PART, words="Broken.", source="email", assignee="ana")
    path = f"/v1/disputes/{opened['id']}"

    assert opened == api.done("GET", path)
    assert {name: opened[name] for name in ("status", "kind", "amount", "deadline", "task")} == {
        "status": "open",
        "kind": "dispute",
        "amount": 30_000,
        "deadline": "2026-02-01",
        "task": None,
    }
    assert api.done("POST", f"{path}/assign", {"assignee": "ben"})["assignee"] == "ben"
    later = api.done("POST", f"{path}/extend", {"deadline": "2026-03-01"})
    assert later["deadline"] == "2026-03-01"
    body = {"outcome": "partly_accepted", "credit": 20_000, "currency": "eur", "number": "CN-1"}
    done = api.done("POST", f"{path}/resolve", {**body, "note": "two"})
    assert (done["status"], done["outcome"], done["note"]) == ("resolved", "partly_accepted", "two")
    note = api.done("GET", f"/v1/credit_notes/{done['credit_note']}")
    assert (note["amount"], note["number"]) == (done["amount_credited"], "CN-1") == (20_000, "CN-1")
    assert api.done("GET", f"/v1/invoices/{invoice['id']}")["amount_remaining"] == 99_000


def test_every_step_of_it_is_told(api: Api, invoice: dict[str, Any]):
    opened = dispute(api, invoice)
    path = f"/v1/disputes/{opened['id']}"
    api.done("POST", f"{path}/assign", {"assignee": "ben"})
    api.done("POST", f"{path}/extend", {"deadline": "2026-03-01"})
    api.done("POST", f"{path}/resolve", {"outcome": "rejected"})
    api.world.days(1)

    told = api.done("GET", "/v1/events?limit=100")["data"]
    about = [(each["type"], each["by"][:8]) for each in told if each["object_id"] == opened["id"]]
    kinds = ("resolved", "extended", "assigned", "opened")
    assert sorted(about) == sorted((f"dispute.{kind}", "api_key:") for kind in kinds)
    assert {each["data"]["deadline"] for each in told if each["type"] == "dispute.opened"} == {
        "2026-02-01"
    }


def test_the_case_says_what_is_set_aside(api: Api, invoice: dict[str, Any]):
    opened = dispute(api, invoice, **PART)
    [pause] = api.done("GET", f"/v1/cases/{invoice['case']}")["pauses"]

    assert pause == {
        "kind": "dispute",
        "reason": "damaged",
        "since": "2026-01-02T08:00:00Z",
        "until": "2026-02-01T23:00:00Z",
        "reference": opened["id"],
        "amount": 30_000,
    }


def test_disputes_are_listed_by_status_and_customer(api: Api, invoice: dict[str, Any]):
    first = dispute(api, invoice)
    api.done("POST", f"/v1/disputes/{first['id']}/resolve", {"outcome": "withdrawn"})
    second = dispute(api, api.done("POST", "/v1/invoices", an_invoice_body("R-2")))

    def listed(query: str) -> list[str]:
        return [each["id"] for each in api.done("GET", f"/v1/disputes?{query}")["data"]]

    customer = f"customer={invoice['customer']}"
    assert set(listed("")) == set(listed(customer)) == {first["id"], second["id"]}
    assert listed("status=open") == listed(f"{customer}&status=open") == [second["id"]]
    assert listed("status=resolved") == [first["id"]]
    assert listed("status=expired") == []


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"amount": 1}, "/currency"),
        ({"currency": "eur"}, "/currency"),
        ({"amount": 0, "currency": "eur"}, "/amount"),
        ({"kind": "deduction", **PART}, "/amount"),
        ({"reason": "ugly"}, "/reason"),
        ({"words": ""}, "/words"),
        ({"source": "E-Mail"}, "/source"),
        ({"deadline": "2025-12-31"}, "/deadline"),
        ({"at_deadline": "never"}, "/at_deadline"),
        ({"amount": 1, "currency": "usd"}, "/currency"),
        ({"status": "open"}, "/status"),
    ],
)
def test_what_is_wrong_is_named(api: Api, invoice: dict[str, Any], facts: Any, pointer: str):
    reply = api.post("/v1/disputes", {"invoice": invoice["id"], "reason": "tax", **facts})

    assert (reply.status, reply.pointers) == (422, [pointer])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"outcome": "partly_accepted"}, "/credit"),
        ({"outcome": "partly_accepted", "credit": 30_000, "currency": "eur"}, "/credit"),
        ({"outcome": "partly_accepted", "credit": 1}, "/currency"),
        ({"outcome": "partly_accepted", "credit": 1, "currency": "usd"}, "/currency"),
        ({"outcome": "accepted", "credit": 1, "currency": "eur"}, "/credit"),
        ({"outcome": "rejected", "number": "CN-1"}, "/number"),
        ({"outcome": "perhaps"}, "/outcome"),
    ],
)
def test_a_decision_that_contradicts_itself_is_refused(
    api: Api, invoice: dict[str, Any], body: dict[str, Any], pointer: str
):
    opened = dispute(api, invoice, **PART)
    reply = api.post(f"/v1/disputes/{opened['id']}/resolve", body)

    assert (reply.status, reply.pointers) == (422, [pointer])


def test_every_reason_is_taken(api: Api, invoice: dict[str, Any]):
    for reason in DisputeReason:
        opened = dispute(api, invoice, reason=reason.value)
        assert opened["reason"] == reason.value
        api.done("POST", f"/v1/disputes/{opened['id']}/resolve", {"outcome": "withdrawn"})


@pytest.mark.parametrize(
    ("code", "prepare", "body"),
    [
        ("dispute_already_open", "/v1/disputes", {}),
        ("nothing_paid", None, {"kind": "deduction"}),
        ("amount_exceeds_remaining", None, {"amount": 119_001, "currency": "eur"}),
    ],
)
def test_refusals_have_codes(
    api: Api, invoice: dict[str, Any], code: str, prepare: str | None, body: dict[str, Any]
):
    if prepare:
        dispute(api, invoice)
    reply = api.post("/v1/disputes", {"invoice": invoice["id"], "reason": "tax", **body})

    assert (reply.status, reply.json["code"]) == (409, code)


def test_what_has_ended_is_409(api: Api, invoice: dict[str, Any]):
    path = f"/v1/disputes/{dispute(api, invoice)['id']}"
    api.done("POST", f"{path}/resolve", {"outcome": "withdrawn"})
    reply = api.post(f"{path}/assign", {"assignee": "ana"})

    assert (reply.status, reply.json["code"]) == (409, "dispute_not_open")


def test_a_dispute_whose_first_answer_was_lost_is_one(api: Api, invoice: dict[str, Any]):
    body = {"invoice": invoice["id"], "reason": "tax"}
    lose_the_next_answer(api)
    first = api.post("/v1/disputes", body, headers=KEY)
    again = api.post("/v1/disputes", body, headers=KEY)
    other = api.post("/v1/disputes", {**body, "reason": "terms"}, headers=KEY)

    assert (first.status, again.status, other.status) == (500, 201, 409)
    assert other.json["code"] == "idempotency_key_reused"
    assert len(api.done("GET", "/v1/disputes")["data"]) == 1


def test_who_may_only_read_opens_none(api: Api, invoice: dict[str, Any]):
    body = {"invoice": invoice["id"], "reason": "tax"}

    assert api.post("/v1/disputes", body, key=api.new_key(AccessScope.READ)).status == 403


def test_the_page_asks_for_what_is_not_disputed(api: Api, invoice: dict[str, Any]):
    dispute(api, invoice, **PART)
    path = urlsplit(invoice["pay_url"]).path
    html = api.get(path, key="").body.decode()

    assert "890,00" in html
    assert "Strittig, zurückgestellt: 300,00" in html.replace("\xa0", " ")
    form = {"invoice": invoice["id"]}
    assert choose(api, path, **form, amount="890,01").status == 422
    assert choose(api, path, **form).status == 303
    [request] = api.world.payments.requests
    assert request.amount.amount == 89_000


def test_the_page_asks_for_nothing_of_what_is_disputed_altogether(
    api: Api, invoice: dict[str, Any]
):
    dispute(api, invoice)
    path = urlsplit(invoice["pay_url"]).path
    html = api.get(path, key="").body.decode()

    assert "In Klärung" in html
    assert "<form" not in html
    assert choose(api, path, invoice=invoice["id"]).status == 422
