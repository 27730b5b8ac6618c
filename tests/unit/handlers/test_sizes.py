"""No answer is larger than Lambda passes on, and no record so large that writing it would fail."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.allocation import MOST_AT_ONCE
from chalicelib.domain.event import Event
from chalicelib.handlers.bodies.sizes import MOST_BYTES
from chalicelib.handlers.customers import MOST_ON_STATEMENT
from chalicelib.storage.mapping import to_record
from tests.api import Api, Reply, a_customer_body, an_invoice_body
from tests.builders import TEST, customer_id, record_id, utc

LAMBDA = 6 * 1024 * 1024
"""What Lambda answers at most, in bytes of JSON in which the body is a string."""

TRANSACTION = 4 * 1024 * 1024
"""What DynamoDB writes in one transaction at most, in bytes."""

LETTERS = {f"k{n:02}": "ü" * 500 for n in range(32)}
"""Metadata just below the limit, whose two-byte letters take six each on their way out."""


def leaves(reply: Reply) -> int:
    """Return the bytes of Lambda's answer: its runtime for Python 3.11 writes ASCII."""
    return len(json.dumps({"statusCode": 200, "body": reply.body.decode()}))


def post_large(api: Api, count: int) -> str:
    """Post invoices as large as they may be, one after the other; return their customer's id."""
    customer = ""
    for number in range(count):
        api.world.clock.advance(seconds=1)
        body = an_invoice_body(f"R-{number}", metadata=LETTERS)
        customer = str(api.done("POST", "/v1/invoices", body)["customer"])
    return customer


def test_answers_are_utf_8_without_escapes(api: Api):
    reply = api.post("/v1/customers", a_customer_body(name="Bäckerei 🥨 <&> \u2603"))
    refused = api.post("/v1/customers", a_customer_body(ünbekannt=1))

    assert (reply.status, refused.status) == (201, 422)
    assert "Bäckerei 🥨 <&> \u2603".encode() in reply.body
    assert "/ünbekannt".encode() in refused.body
    assert b"\\u" not in reply.body + refused.body
    assert reply.headers["content-type"] == "application/json"
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"metadata": {f"k{n:02}": "ü" * 500 for n in range(33)}}, ["/metadata"]),
        ({"metadata": {f"k{n:02}": "\\" * 500 for n in range(33)}}, ["/metadata"]),
        ({"lines": [{"description": "€" * 200, "amount": 1}] * 53}, ["/lines"]),
        (
            {
                "lines": [{"description": "€" * 200, "amount": 1}] * 26,
                "metadata": dict(list(LETTERS.items())[:16]),
            },
            ["/metadata"],
        ),
    ],
    ids=["metadata", "escapes", "lines", "together"],
)
def test_an_invoice_is_bounded(api: Api, fields: dict[str, Any], pointers: list[str]):
    refused = api.post("/v1/invoices", an_invoice_body(**fields))

    assert (refused.status, refused.pointers) == (422, pointers)
    assert f"at most {MOST_BYTES} are allowed" in refused.json["errors"][0]["detail"]
    assert api.get("/v1/customers").json["data"] == []


def test_metadata_is_bounded_everywhere(api: Api):
    more = {**LETTERS, "one": "ü" * 500}
    customer = api.done("POST", "/v1/customers", a_customer_body(metadata=LETTERS))
    path = f"/v1/customers/{customer['id']}"
    steps = [{"key": "notice_due", "offset_days": 0, "do": "email"}]

    assert api.call("PATCH", path, {"metadata": more}).pointers == ["/metadata"]
    created = api.post("/v1/customers", a_customer_body(metadata=more))
    assert created.pointers == ["/metadata"]
    sequence = {"name": "Large", "steps": steps, "metadata": more}
    assert api.post("/v1/sequences", sequence).pointers == ["/metadata"]
    posted = api.post("/v1/invoices", an_invoice_body(customer=a_customer_body(metadata=more)))
    assert posted.pointers == ["/customer/metadata"]


def test_as_many_invoices_as_one_payment_pays_fit_into_a_transaction(api: Api):
    post_large(api, 1)
    invoice = api.done("GET", "/v1/invoices")["data"][0]["id"]
    stored = api.world.ledger.invoice(TEST, invoice)
    assert stored is not None
    item = json.dumps(to_record(stored, shards=1).serialize(), ensure_ascii=False).encode()

    assert MOST_BYTES < len(item) < 2 * MOST_BYTES
    assert MOST_AT_ONCE * 2 * len(item) < TRANSACTION


@pytest.mark.parametrize("of", ["", "customer={customer}&"])
def test_a_page_ends_early_before_it_is_too_large(api: Api, of: str):
    customer = post_large(api, 60)
    path = f"/v1/invoices?{of.format(customer=customer)}limit=100"
    first = api.get(path)
    rest = api.get(f"{path}&starting_after={first.json['data'][-1]['id']}")

    assert max(leaves(first), leaves(rest)) < LAMBDA
    assert (first.json["has_more"], rest.json["has_more"]) == (True, False)
    numbers = [each["number"] for each in first.json["data"] + rest.json["data"]]
    assert numbers == [f"R-{n}" for n in reversed(range(60))]
    assert len(first.json["data"]) > 30


def test_read_backwards_a_page_ends_early_at_its_other_end(api: Api):
    post_large(api, 60)
    path = "/v1/invoices?limit=100"
    last = api.done("GET", f"{path}&starting_after={oldest_but_one(api)}")["data"][-1]
    first = api.get(f"{path}&ending_before={last['id']}")
    rest = api.get(f"{path}&ending_before={first.json['data'][0]['id']}")

    assert max(leaves(first), leaves(rest)) < LAMBDA
    assert (first.json["has_more"], rest.json["has_more"]) == (True, False)
    numbers = [each["number"] for each in rest.json["data"] + first.json["data"]]
    assert numbers == [f"R-{n}" for n in reversed(range(1, 60))]
    assert len(first.json["data"]) > 30


def oldest_but_one(api: Api) -> str:
    """Return the id of the invoice posted second."""
    return str(api.done("GET", "/v1/invoices?number=R-1")["data"][0]["id"])


@pytest.mark.parametrize("towards", ["starting_after", "ending_before"])
def test_the_feed_says_up_to_where_a_page_that_ended_early_searched(api: Api, towards: str):
    made = [large_event(n) for n in range(22)]
    api.world.ledger.record_events(made)
    path = f"/v1/events?type=payment.recorded&limit=100&{towards}="
    wanted = made[1:] if towards == "ending_before" else made[-2::-1]
    first = api.get(path + made[0 if towards == "ending_before" else -1].id)
    rest = api.get(path + first.json["searched_to"])

    assert max(leaves(first), leaves(rest)) < LAMBDA
    assert (first.json["has_more"], rest.json["has_more"]) == (True, False)
    newest_first = [first, rest] if towards == "starting_after" else [rest, first]
    told = [each["id"] for reply in newest_first for each in reply.json["data"]]
    assert told == sorted((each.id for each in wanted), reverse=True)
    assert len(first.json["data"]) > 10


def large_event(minute: int) -> Event:
    """Return what tells of a payment that pays thousands of invoices."""
    at = utc("2026-01-02 08:00") + timedelta(minutes=minute)
    allocated = {"invoice": record_id(ids.INVOICE, "one"), "amount": 1}
    return Event(
        id=ids.child_id(ids.EVENT, customer_id(), ids.part(at, minute)),
        tenant=TEST,
        customer_id=customer_id(),
        type="payment.recorded",
        object_id=record_id(ids.PAYMENT, "one"),
        at=at,
        by="stripe",
        why="test",
        data={"allocations": [allocated] * 4_000},
    )


def test_a_statement_ends_early_and_says_so(api: Api):
    customer = post_large(api, 60)
    path = f"/v1/customers/{customer}/statement"
    whole = api.get(path)

    assert leaves(whole) < LAMBDA
    assert whole.json["has_more"] is True
    assert whole.json["balance"] == {"eur": 60 * 119000}
    assert [each["number"] for each in whole.json["invoices"]][:3] == ["R-0", "R-1", "R-2"]
    assert len(whole.json["invoices"]) > 30


def test_a_statement_has_at_most_a_thousand_invoices(api: Api):
    for start in range(0, 1_000, 100):
        bodies = [an_invoice_body(f"R-{n:04}") for n in range(start, start + 100)]
        api.done("POST", "/v1/invoices/batch", {"invoices": bodies})
    customer = api.done("GET", "/v1/invoices?number=R-0000")["data"][0]["customer"]
    path = f"/v1/customers/{customer}/statement"
    whole = api.done("GET", path)
    api.done("POST", "/v1/invoices", an_invoice_body("R-1000", due_date="2026-01-15"))
    short = api.get(path)

    assert (len(whole["invoices"]), whole["has_more"]) == (MOST_ON_STATEMENT, False)
    assert (len(short.json["invoices"]), short.json["has_more"]) == (MOST_ON_STATEMENT, True)
    assert short.json["invoices"][0]["number"] == "R-1000"
    assert leaves(short) < LAMBDA


def test_a_batch_of_new_large_invoices_is_answered_whole(api: Api):
    metadata = {f"k{n:02}": "ü" * 480 for n in range(10)}
    bodies = [an_invoice_body(f"R-{n}", metadata=metadata) for n in range(100)]
    raw = json.dumps({"invoices": bodies}, ensure_ascii=False).encode()
    reply = api.call("POST", "/v1/invoices/batch", raw=raw)

    assert {each["status"] for each in reply.json["data"]} == {201}
    assert leaves(reply) < LAMBDA
    again = api.call("POST", "/v1/invoices/batch", raw=raw)
    assert {each["status"] for each in again.json["data"]} == {200}


def test_a_refusal_names_no_more_of_a_field_than_its_beginning(api: Api):
    reply = api.post("/v1/customers", a_customer_body(metadata={"k" * 100_000: "x" * 501}))

    assert reply.status == 422
    assert reply.pointers[0] == f"/metadata/{'k' * 80}…/[key]"
    assert len(reply.body) < 2_000
