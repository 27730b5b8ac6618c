"""Invoices over HTTP: the contract's fields, and each of its actions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.domain.tenant import Mode
from chalicelib.handlers.bodies.invoices import MOST_IN_BATCH
from tests.api import Api, a_customer_body, an_invoice_body
from tests.builders import TEST


def test_a_posted_invoice_has_the_contracts_fields(api: Api):
    reply = api.post("/v1/invoices", an_invoice_body(metadata={"order": "7"}))

    assert reply.status == 201
    invoice = reply.json
    assert invoice["pay_url"].startswith("https://")
    assert {key: invoice[key] for key in invoice if key not in {"id", "case", "customer"}} == {
        "object": "invoice",
        "livemode": False,
        "number": "R-1",
        "currency": "eur",
        "amount": 119000,
        "amount_charged": 0,
        "amount_paid": 0,
        "amount_credited": 0,
        "amount_written_off": 0,
        "amount_remaining": 119000,
        "status": "open",
        "issue_date": "2026-01-02",
        "due_date": "2026-01-16",
        "sequence": "seq_default",
        "sequence_version": 1,
        "sequence_override": None,
        "lines": [],
        "pdf_url": None,
        "pay_url": invoice["pay_url"],
        "metadata": {"order": "7"},
        "created_at": "2026-01-02T08:00:00Z",
        "settled_at": None,
    }
    assert api.done("GET", f"/v1/invoices/{invoice['id']}") == invoice
    assert api.done("GET", f"/v1/cases/{invoice['case']}")["invoice"] == invoice["id"]
    assert api.done("GET", f"/v1/customers/{invoice['customer']}")["external_id"] == "C-1"


def test_posting_the_same_number_again_returns_the_same_invoice(api: Api):
    first = api.post("/v1/invoices", an_invoice_body())
    again = api.post("/v1/invoices", an_invoice_body())
    other = api.post("/v1/invoices", an_invoice_body(amount=1))

    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert again.json == first.json
    assert other.json["code"] == "invoice_number_taken"


def test_a_taken_number_says_which_invoice_has_it_and_what_differs(api: Api):
    stored = api.done("POST", "/v1/invoices", an_invoice_body())
    api.done("POST", f"/v1/invoices/{stored['id']}/void")
    stranger = a_customer_body(external_id="C-9")
    other = an_invoice_body(amount=1, due_date="2026-01-17", customer=stranger)
    refused = api.post("/v1/invoices", other)
    batch = api.done("POST", "/v1/invoices/batch", {"invoices": [other]})

    assert refused.json["detail"] == (
        f"Invoice {stored['id']} (void) has the number 'R-1'; "
        "it differs in customer, amount, due_date."
    )
    assert refused.pointers == ["/customer", "/amount", "/due_date"]
    assert batch["data"][0]["error"]["errors"][1]["pointer"] == "/invoices/0/amount"


def test_an_invoice_is_found_by_its_number(api: Api):
    stored = api.done("POST", "/v1/invoices", an_invoice_body("R 1/ü"))
    api.done("POST", "/v1/invoices", an_invoice_body("R-2"))
    path = f"/v1/invoices?number={quote('R 1/ü', safe='')}"

    assert api.done("GET", path) == {
        "object": "list",
        "data": [stored],
        "has_more": False,
        "url": "/v1/invoices",
    }
    assert api.done("GET", f"{path}&status=open&customer={stored['customer']}")["data"] == [stored]
    assert api.done("GET", f"{path}&status=paid")["data"] == []
    assert api.done("GET", "/v1/invoices?number=R-3")["data"] == []
    assert api.get(f"{path}&starting_after={stored['id']}").pointers == ["/number"]
    assert api.get("/v1/invoices?number=").pointers == ["/number"]
    live = api.new_key(mode=Mode.LIVE)
    assert api.done("GET", path, key=live)["data"] == []


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [("paid_at", "2026-01-03T08:00:01Z", "/paid_at"), ("currency", "usd", "/currency")],
)
def test_a_payment_that_cant_be_so_is_refused_where_it_is_wrong(
    api: Api, field: str, value: str, pointer: str
):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/invoices/{invoice['id']}/payments"
    body = {
        "amount": 1,
        "currency": "eur",
        "paid_at": "2026-01-03T08:00:00Z",
        "method": "cash",
    }
    refused = api.post(path, {**body, field: value})

    assert (refused.status, refused.pointers) == (422, [pointer])
    assert api.post(path, body).status == 201


def test_an_invoice_can_name_a_customer_by_id(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body())
    invoice = api.done("POST", "/v1/invoices", an_invoice_body(customer=customer["id"]))

    assert invoice["customer"] == customer["id"]


def test_an_unknown_customer_or_sequence_is_named(api: Api):
    stranger = api.post("/v1/invoices", an_invoice_body(customer="cus_" + "0" * 16))
    sequence = api.post("/v1/invoices", an_invoice_body(sequence="seq_none"))
    clock = {**a_customer_body(), "test_clock": "clock_" + "0" * 16}
    without = api.post("/v1/invoices", an_invoice_body(customer=clock))

    assert (stranger.status, stranger.pointers) == (422, ["/customer"])
    assert (sequence.status, sequence.pointers) == (422, ["/sequence"])
    assert (without.status, without.pointers) == (422, ["/customer/test_clock"])


def test_a_payment_settles_the_invoice_and_closes_its_case(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    payment = api.done(
        "POST",
        f"/v1/invoices/{invoice['id']}/payments",
        {
            "amount": 119500,
            "currency": "eur",
            "paid_at": "2026-01-02T11:30:00+01:00",
            "method": "bank_transfer",
            "reference": "R-1",
        },
    )

    assert payment["paid_at"] == "2026-01-02T10:30:00Z"
    assert payment["allocations"] == [{"invoice": invoice["id"], "amount": 119000}]
    assert payment["amount_unapplied"] == 500
    after = api.done("GET", f"/v1/invoices/{invoice['id']}")
    assert (after["status"], after["amount_paid"], after["amount_remaining"]) == ("paid", 119000, 0)
    assert api.done("GET", f"/v1/cases/{invoice['case']}")["closed_reason"] == "paid"
    assert api.done("GET", f"/v1/customers/{invoice['customer']}")["credit"] == {"eur": 500}


def test_a_credit_note_lowers_and_may_not_exceed(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/invoices/{invoice['id']}/credit_notes"
    note = {"amount": 19000, "currency": "eur", "reason": "Goods returned"}

    assert api.done("POST", path, note)["object"] == "credit_note"
    assert api.done("GET", f"/v1/invoices/{invoice['id']}")["amount_remaining"] == 100000
    refused = api.post(path, {**note, "amount": 100001})
    assert (refused.status, refused.json["code"]) == (409, "amount_exceeds_remaining")
    other = api.post(path, {**note, "currency": "usd"})
    assert other.status == 422


@pytest.mark.parametrize(("action", "status"), [("void", "void"), ("write_off", "written_off")])
def test_an_invoice_can_be_taken_back(api: Api, action: str, status: str):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    assert api.done("POST", f"/v1/invoices/{invoice['id']}/{action}")["status"] == status
    refused = api.post(
        f"/v1/invoices/{invoice['id']}/credit_notes",
        {"amount": 1, "currency": "eur", "reason": "late"},
    )
    assert (refused.status, refused.json["code"]) == (409, "invoice_not_open")


def test_a_batch_answers_each_invoice_on_its_own(api: Api):
    documents: list[Any] = [
        an_invoice_body("B-1"),
        an_invoice_body("B-2", amount="5", currency="xyz"),
        an_invoice_body("B-1"),
        "nonsense",
        an_invoice_body("B-3", sequence="seq_none"),
    ]
    items = api.done("POST", "/v1/invoices/batch", {"invoices": documents})["data"]

    assert [item["status"] for item in items] == [201, 422, 200, 422, 422]
    assert items[0]["invoice"]["id"] == items[2]["invoice"]["id"]
    wrong = [error["pointer"] for error in items[1]["error"]["errors"]]
    assert wrong == ["/invoices/1/currency", "/invoices/1/amount"]
    assert items[3]["error"]["errors"][0]["pointer"] == "/invoices/3"
    assert items[4]["error"]["errors"][0]["pointer"] == "/invoices/4/sequence"
    assert len(api.done("GET", "/v1/invoices")["data"]) == 1


def test_a_batch_has_its_limit(api: Api):
    assert api.post("/v1/invoices/batch", {"invoices": []}).pointers == ["/invoices"]
    too_many = [{}] * (MOST_IN_BATCH + 1)
    assert api.post("/v1/invoices/batch", {"invoices": too_many}).pointers == ["/invoices"]


def test_invoices_are_listed_newest_first_and_paged(api: Api):
    for count in range(5):
        api.world.clock.advance(seconds=1)
        api.done("POST", "/v1/invoices", an_invoice_body(f"L-{count}"))
    first = api.done("GET", "/v1/invoices?limit=2")
    second = api.done("GET", f"/v1/invoices?limit=2&starting_after={first['data'][-1]['id']}")
    back = api.done("GET", f"/v1/invoices?limit=2&ending_before={second['data'][0]['id']}")

    assert [each["number"] for each in first["data"]] == ["L-4", "L-3"]
    assert [each["number"] for each in second["data"]] == ["L-2", "L-1"]
    assert back["data"] == first["data"]
    assert (first["object"], first["url"], first["has_more"]) == ("list", "/v1/invoices", True)
    assert api.done("GET", "/v1/invoices?status=paid")["data"] == []
    owner = first["data"][0]["customer"]
    assert len(api.done("GET", f"/v1/invoices?status=open&customer={owner}")["data"]) == 5


@pytest.mark.parametrize("action", ["void", "write_off"])
def test_why_an_invoice_is_taken_back_stands_in_its_event(api: Api, action: str):
    told, plain = (
        api.done("POST", "/v1/invoices", an_invoice_body(number)) for number in ("R-1", "R-2")
    )
    api.done("POST", f"/v1/invoices/{told['id']}/{action}", {"reason": "Sent twice"})
    api.done("POST", f"/v1/invoices/{plain['id']}/{action}")

    assert api.world.ledger.invoice(TEST, told["id"]).change.why == "Sent twice"
    assert api.world.ledger.invoice(TEST, plain["id"]).change.why == action
    again = api.post("/v1/invoices", an_invoice_body("R-1", amount=1))
    assert again.json["code"] == "invoice_number_taken"
