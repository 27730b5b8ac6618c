"""The same Idempotency-Key: the same answer for the same request, a refusal for another."""

from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from chalicelib.domain.customer import Customer
from chalicelib.domain.errors import StaleRecordError
from chalicelib.domain.tenant import Mode
from tests.api import Api, Reply, a_customer_body, an_invoice_body
from tests.unit.meanwhile import just_before_the_commit

KEY = {"Idempotency-Key": "order-17"}


def test_a_repetition_gets_the_first_answer_and_does_nothing(api: Api):
    first = api.post("/v1/customers", a_customer_body(), headers=KEY)
    again = api.post("/v1/customers", a_customer_body(), headers=KEY)

    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert len(api.done("GET", "/v1/customers")["data"]) == 1


def test_the_order_of_fields_makes_no_other_request(api: Api):
    body = a_customer_body()
    first = api.done("POST", "/v1/customers", body, headers=KEY)
    turned = dict(reversed(body.items()))

    assert api.done("POST", "/v1/customers", turned, headers=KEY) == first


def test_another_body_or_path_with_the_key_is_a_conflict(api: Api):
    api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    other = api.post("/v1/customers", a_customer_body(name="Other"), headers=KEY)
    elsewhere = api.post("/v1/invoices", an_invoice_body(), headers=KEY)

    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert (elsewhere.status, elsewhere.json["code"]) == (409, "idempotency_key_reused")
    assert len(api.done("GET", "/v1/customers")["data"]) == 1


def test_modes_have_keys_of_their_own(api: Api):
    test = api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    live_key = api.new_key(mode=Mode.LIVE)
    live = api.done("POST", "/v1/customers", a_customer_body(), headers=KEY, key=live_key)

    assert test["id"] != live["id"]


def test_a_refusal_is_an_answer_too(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    note = {"amount": 119001, "currency": "eur", "reason": "x"}
    path = f"/v1/invoices/{invoice['id']}/credit_notes"
    first = api.post(path, note, headers=KEY)
    again = api.post(path, note, headers=KEY)

    assert (first.status, again.status) == (409, 409)
    assert again.json == first.json
    assert again.headers["content-type"] == "application/problem+json"


def test_what_was_never_valid_keeps_no_key(api: Api):
    wrong = api.post("/v1/customers", a_customer_body(country="XX"), headers=KEY)
    right = api.post("/v1/customers", a_customer_body(), headers=KEY)

    assert (wrong.status, right.status) == (422, 201)


def test_what_may_be_tried_again_is(api: Api):
    def refuse() -> None:
        raise StaleRecordError("busy")

    just_before_the_commit(api.world, refuse)
    first = api.post("/v1/customers", a_customer_body(), headers=KEY)
    again = api.post("/v1/customers", a_customer_body(), headers=KEY)

    assert (first.status, first.headers["retry-after"], again.status) == (409, "1", 201)


def test_while_the_first_is_worked_on_the_second_waits(api: Api):
    seconds: list[Reply] = []

    def post_again() -> None:
        seconds.append(api.post("/v1/customers", a_customer_body(), headers=KEY))

    just_before_the_commit(api.world, post_again)
    first = api.post("/v1/customers", a_customer_body(), headers=KEY)

    assert first.status == 201
    [second] = seconds
    assert (second.status, second.json["code"]) == (409, "request_in_progress")
    assert second.headers["retry-after"] == "1"


def test_an_answer_is_kept_for_a_day_and_what_was_made_for_ever(api: Api):
    first = api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    [record] = api.answers.records.values()
    assert isinstance(record, DataRecord)
    record.expiry_timestamp = 1
    again = api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    other = api.post("/v1/customers", a_customer_body(name="Other"), headers=KEY)

    assert (again["id"], other.status) == (first["id"], 409)
    assert len(api.done("GET", "/v1/customers")["data"]) == 1


def test_a_key_is_visible_ascii_of_at_most_255(api: Api):
    for key in ("", " ", "a b", "x" * 256, "ä"):
        reply = api.post("/v1/customers", a_customer_body(), headers={"Idempotency-Key": key})
        assert (reply.status, reply.pointers) == (422, ["/Idempotency-Key"])
    longest = {"Idempotency-Key": "x" * 255}
    assert api.post("/v1/customers", a_customer_body(), headers=longest).status == 201


def lose_the_next_answer(api: Api) -> None:
    """Let the next commit be done, and the process die before it can say so."""

    def die(_: object) -> None:
        api.world.ledger.after_commit = None
        raise TimeoutError

    api.world.ledger.after_commit = die


MONEY = {
    "payments": {
        "amount": 119000,
        "currency": "eur",
        "paid_at": "2026-01-02T08:00:00Z",
        "method": "bank_transfer",
        "reference": "TX-1",
    },
    "credit_notes": {"amount": 119000, "currency": "eur", "reason": "Broken.", "number": "CN-1"},
}


@pytest.mark.parametrize(("what", "body"), MONEY.items())
def test_money_whose_first_answer_was_lost_is_booked_once(
    api: Api, what: str, body: dict[str, Any]
):
    """The second attempt finds the record of the first, though nothing is left to credit."""
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/invoices/{invoice['id']}/{what}"
    lose_the_next_answer(api)
    first = api.post(path, body, headers=KEY)
    other = api.post(path, {**body, "amount": 1}, headers=KEY)
    again = api.post(path, body, headers=KEY)
    assert (first.status, other.status, again.status) == (500, 409, 201)
    assert other.json["code"] == "idempotency_key_reused"
    after = api.done("GET", f"/v1/invoices/{invoice['id']}")
    assert after["amount_paid"] + after["amount_credited"] == 119000
    customer = api.done("GET", f"/v1/customers/{invoice['customer']}")
    assert customer["credit"] == {}


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ("payments", "amount", 1),
        ("payments", "paid_at", "2026-01-01T08:00:00Z"),
        ("payments", "method", "cash"),
        ("payments", "reference", None),
        ("credit_notes", "amount", 1),
        ("credit_notes", "reason", "Late."),
        ("credit_notes", "number", "CN-2"),
    ],
)
def test_money_of_another_request_is_not_what_the_key_made(
    api: Api, what: str, field: str, value: Any
):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    path = f"/v1/invoices/{invoice['id']}/{what}"
    api.done("POST", path, MONEY[what], headers=KEY)
    api.answers.records.clear()
    other = api.post(path, {**MONEY[what], field: value}, headers=KEY)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")


def test_a_key_pays_one_invoice_of_a_customer(api: Api):
    first, second = (api.done("POST", "/v1/invoices", an_invoice_body(each)) for each in "AB")
    api.done("POST", f"/v1/invoices/{first['id']}/payments", MONEY["payments"], headers=KEY)
    api.answers.records.clear()
    other = api.post(f"/v1/invoices/{second['id']}/payments", MONEY["payments"], headers=KEY)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("locale", "en-GB"),
        ("timezone", "Asia/Tokyo"),
        ("metadata", {"a": "b"}),
        ("phone", None),
        ("external_id", "C-2"),
    ],
)
def test_a_customer_of_another_request_is_not_whom_the_key_made(api: Api, field: str, value: Any):
    api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    api.answers.records.clear()
    other = api.post("/v1/customers", a_customer_body(**{field: value}), headers=KEY)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")


def test_a_customer_who_was_changed_since_is_still_the_one_whom_the_request_made(api: Api):
    made = api.done("POST", "/v1/customers", a_customer_body(), headers=KEY)
    changed = api.done("PATCH", f"/v1/customers/{made['id']}", {"email": "neu@kunde.example"})
    api.answers.records.clear()
    assert api.done("POST", "/v1/customers", a_customer_body(), headers=KEY) == changed


def test_a_customer_whose_first_answer_was_lost_is_created_once(api: Api):
    lose_the_next_answer(api)
    first = api.post("/v1/customers", a_customer_body(), headers=KEY)
    other = api.post("/v1/customers", a_customer_body(name="Other"), headers=KEY)
    again = api.post("/v1/customers", a_customer_body(), headers=KEY)
    assert (first.status, other.status, again.status) == (500, 409, 201)
    created = [each for _, each in api.world.ledger.changes if isinstance(each, Customer)]
    assert [each.id for each in created] == [again.json["id"]]
