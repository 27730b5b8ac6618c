"""Who may call what: the same answer to everyone unknown, and nothing of another creditor."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.access import AccessScope
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.blueprints import routes
from chalicelib.handlers.routing import Route
from tests.api import OTHER_CREDITOR_ID, Api, a_customer_body, an_invoice_body
from tests.builders import TEST
from tests.builders.services import put_service
from tests.unit.handlers.access_bodies import BODIES, FEE, SEGMENT, WHERE

KEYED = [pytest.param(route, id=f"{route.method} {route.path}") for route in routes()]
WITH_ID = [each for each in KEYED if "{" in each.values[0].path]
EVERYBODYS = "/v1/templates"
"""Texts have names that everybody has: tests/unit/handlers/test_templates.py sees to them."""
OF_A_RECORD = [each for each in WITH_ID if not each.values[0].path.startswith(EVERYBODYS)]
OF_SOME = {"get_document", "get_hand_over", "approve", "refuse"}
"""What only letters, cases with an agency, and tasks that ask for approval have."""
LISTS = [
    each
    for each in KEYED
    if each.values[0].method == "GET" and each not in WITH_ID and each.values[0].path != EVERYBODYS
]


@pytest.mark.parametrize("route", KEYED)
def test_without_a_valid_key_every_route_says_the_same(api: Api, route: Route):
    path = some_path(route)
    valid = api.new_key()
    wrong = f"{valid[:-1]}{'0' if valid[-1] != '0' else '1'}"
    replies = [
        api.call(route.method, path, key=""),
        api.call(route.method, path, key=wrong),
        api.call(route.method, path, key="dk_test_nonsense"),
        api.call(route.method, path, headers={"Authorization": f"Basic {valid}"}),
    ]

    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    assert replies[0].headers["www-authenticate"] == "Bearer"
    assert replies[0].headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", KEYED)
def test_a_key_without_the_scope_is_told_which_one_it_needs(api: Api, route: Route):
    lesser = {AccessScope.WRITE: AccessScope.READ, AccessScope.ADMIN: AccessScope.WRITE}
    if route.scope is AccessScope.READ:
        assert (
            api.call(route.method, some_path(route), key=api.new_key(AccessScope.READ)).status
            != 403
        )
        return
    reply = api.call(route.method, some_path(route), key=api.new_key(lesser[route.scope]))

    assert reply.status == 403
    assert route.scope.value in reply.json["detail"]


def test_only_reading_and_trying_out_need_the_scope_read():
    reading = {(route.method, route.path) for route in routes() if route.scope is AccessScope.READ}

    assert {path for method, path in reading if method != "GET"} == {
        "/v1/sequences/preview",
        "/v1/segments/preview",
        "/v1/templates/{message}/{channel}/{locale}/preview",
    }


@pytest.mark.parametrize("route", OF_A_RECORD)
def test_other_creditors_and_modes_find_nothing(api: Api, route: Route):
    records = everything(api)
    if route.name == "erase":  # nobody who owes something is erased
        records["customer_id"] = api.done("POST", "/v1/customers", a_customer_body())["id"]
    path, body = route.path.format(**records), BODIES.get(route.name)
    written = len(api.world.ledger.changes)
    for key in (
        api.new_key(creditor=OTHER_CREDITOR_ID),
        api.new_key(creditor=OTHER_CREDITOR_ID, mode=Mode.LIVE),
        api.new_key(mode=Mode.LIVE),
    ):
        foreign = api.call(route.method, path, body, key=key)
        absent = api.call(route.method, absent_path(route.path, records), body, key=key)
        assert (foreign.status, absent.status) == (404, 404)
        assert same_but_for_ids(foreign.body) == same_but_for_ids(absent.body)
    assert len(api.world.ledger.changes) == written
    mine = api.call(route.method, path, body)
    assert mine.status < 300 or route.name in OF_SOME, mine.body


@pytest.mark.parametrize("route", WITH_ID)
@pytest.mark.parametrize("wrong", ["x", "cus_", "in_" + "0" * 31, "%F0%9F%98%80", "a" * 3000])
def test_what_is_no_id_is_not_found(api: Api, route: Route, wrong: str):
    reply = api.call(route.method, re.sub(r"{\w+}", wrong, route.path), BODIES.get(route.name))

    assert reply.status == 404
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", LISTS)
def test_lists_of_others_are_empty(api: Api, route: Route):
    """Only the default sequence has the same id everywhere: each creditor has one of its own."""
    records = everything(api)
    of_whom = "customer" in route.query.model_fields
    path = f"{route.path}?customer={records['customer_id']}" if of_whom else route.path
    foreign = api.get(path, key=api.new_key(creditor=OTHER_CREDITOR_ID)).json["data"]

    assert api.done("GET", path)["data"]
    everybodys = ["seq_default"] if route.path == "/v1/sequences" else []
    assert [each["id"] for each in foreign] in ([], everybodys)


def test_another_creditors_customer_can_neither_be_invoiced_nor_listed(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    other = api.new_key(creditor=OTHER_CREDITOR_ID)

    posted = api.post("/v1/invoices", an_invoice_body(customer=customer), key=other)
    absent = api.post("/v1/invoices", an_invoice_body(customer="cus_" + "0" * 16), key=other)
    assert (posted.status, absent.status) == (422, 422)
    assert same_but_for_ids(posted.body) == same_but_for_ids(absent.body)
    assert api.get(f"/v1/invoices?customer={customer}", key=other).json["data"] == []


@pytest.mark.parametrize("route", KEYED)
def test_a_key_that_asks_too_often_is_told_when_to_go_on(api: Api, route: Route):
    api.world.throttle.per_minute = 0
    api.world.clock.advance(seconds=18)
    reply = api.call(route.method, some_path(route), BODIES.get(route.name))

    assert (reply.status, reply.json["code"]) == (429, "rate_limited")
    assert reply.headers["retry-after"] == "42"
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_refused_post_keeps_no_idempotency_key(api: Api):
    once = {"Idempotency-Key": "k-1"}
    api.world.throttle.per_minute = 0
    assert api.post("/v1/customers", a_customer_body(), headers=once).status == 429
    api.world.throttle.per_minute = 1
    assert api.post("/v1/customers", a_customer_body(), headers=once).status == 201


def test_who_is_nobody_takes_nothing_from_a_keys_limit(api: Api):
    api.world.throttle.per_minute = 1
    for wrong in ("", "dk_test_nonsense", f"{api.key[:-1]}!"):
        assert api.get("/v1/customers", key=wrong).status == 401
    assert api.get("/v1/customers").status == 200
    assert api.get("/v1/customers").status == 429


def everything(api: Api) -> dict[str, str]:
    """Make one record of each kind, and return their ids."""
    steps = [{"key": do, "offset_days": 0, "do": do} for do in ("email", "call")]
    sequence = api.done("POST", "/v1/sequences", {"name": "Both", "steps": steps})["id"]
    clock = api.done("POST", "/v1/test_clocks", {"frozen_time": "2026-01-02T08:00:00Z"})["id"]
    body = an_invoice_body(due_date="2026-01-02", sequence=sequence)
    invoice = api.done("POST", "/v1/invoices", body)
    api.world.days(1)
    path = f"/v1/invoices/{api.done('POST', '/v1/invoices', an_invoice_body('R-2'))['id']}"
    other = api.done("POST", "/v1/invoices", an_invoice_body("R-3"))["id"]
    objection = {"invoice": other, "reason": "damaged"}
    payment = api.done("POST", f"{path}/payments", BODIES["add_payment"])["id"]
    note = api.done("POST", f"{path}/credit_notes", BODIES["add_credit_note"])["id"]
    promise = {**BODIES["add_promise"], "invoices": [invoice["id"]]}
    planned = api.done("POST", "/v1/invoices", an_invoice_body("R-4"))["id"]
    plan = {**BODIES["add_payment_plan"], "invoices": [planned]}
    task = api.done("GET", "/v1/tasks")["data"][0]["id"]
    return {
        "customer_id": invoice["customer"],
        "invoice_id": invoice["id"],
        "case_id": invoice["case"],
        "task_id": task,
        "communication_id": api.done("GET", "/v1/communications")["data"][0]["id"],
        "payment_id": payment,
        "credit_note_id": note,
        "dispute_id": api.done("POST", "/v1/disputes", objection)["id"],
        "service_id": put_service(api.world.ledger, TEST, other),
        "charge_id": api.done("POST", f"{path}/charges", FEE)["id"],
        "promise_id": api.done("POST", "/v1/promises", promise)["id"],
        "payment_plan_id": api.done("POST", "/v1/payment_plans", plan)["id"],
        "sequence_id": sequence,
        "segment_id": api.done("POST", "/v1/segments", SEGMENT)["id"],
        "clock_id": clock,
        "endpoint_id": api.done("POST", "/v1/webhook_endpoints", WHERE)["id"],
        "event_id": api.done("GET", "/v1/events")["data"][0]["id"],
    }


def some_path(route: Route) -> str:
    return re.sub(r"{\w+}", "cus_" + "0" * 16, route.path)


def absent_path(path: str, records: dict[str, str]) -> str:
    """Return the path of ids of the same shape that nobody has."""
    absent = {name: re.sub(r"[0-9A-Z]", "0", value) for name, value in records.items()}
    return path.format(**absent)


def same_but_for_ids(body: bytes) -> bytes:
    return re.sub(rb"\b[a-z]+_[0-9A-Z]{16,32}\b", b"<id>", body)
