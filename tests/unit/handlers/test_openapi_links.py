"""Where answers lead: to operations that there are, with what they take, from what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.handlers.blueprints import routes
from chalicelib.handlers.openapi import document
from chalicelib.handlers.openapi_links import IN_BODY, IN_PATH, NAMED, TAKEN_OVER, links_of
from tests.api import Api, an_invoice_body

OPERATIONS = {
    each["operationId"]: each
    for methods in document()["paths"].values()
    for each in methods.values()
}
LINKS = document()["components"]["links"]


def linking() -> Iterator[tuple[str, str, str]]:
    """Yield every use of a link: operation, status and the link's name."""
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            for link in response.get("links", ()):
                yield name, status, link


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without reference and without null."""
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return resolved(options[0]) if options else schema


def member(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return the schema of what a pointer leads to. Raises KeyError where nothing is."""
    for part in pointer.split("/")[1:]:
        schema = resolved(schema)
        schema = schema["items"] if part.isdigit() else schema["properties"][part]
    return resolved(schema)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_gives_an_operation_what_it_takes(name: str):
    link = LINKS[name]
    target = OPERATIONS[link["operationId"]]
    taken = {each["name"] for each in target["parameters"] if "name" in each}
    assert link.get("parameters", {}).keys() <= taken
    for field in link.get("requestBody", ()):
        body = target["requestBody"]["content"]["application/json"]["schema"]
        assert member(body, f"/{field}")
    assert link.get("parameters") or link.get("requestBody")


@pytest.mark.parametrize(("source", "status", "name"), list(linking()))
def test_a_link_leads_from_what_an_answer_has(source: str, status: str, name: str):
    answer = OPERATIONS[source]["responses"][status]["content"]["application/json"]["schema"]
    known = {each["name"] for each in OPERATIONS[source]["parameters"] if "name" in each}
    expressions = [
        *LINKS[name].get("parameters", {}).values(),
        *LINKS[name].get("requestBody", {}).values(),
    ]
    for expression in expressions:
        if found := re.fullmatch(r"\$response\.body#(/.+)", expression):
            assert member(answer, found[1])
        else:
            assert re.fullmatch(r"\$request\.(path|query)\.(\w+)", expression)[2] in known


def test_every_route_that_takes_an_id_is_led_to():
    led_to = {each["operationId"] for each in LINKS.values()}
    assert [
        route.name for route in routes() if "{" in route.path and route.name not in led_to
    ] == []
    assert {*IN_BODY, *TAKEN_OVER} <= led_to
    named = {name for route in routes() for name in re.findall(r"{(\w+)}", route.path)}
    assert named <= IN_PATH.keys() | {each for name in NAMED.values() for each in name}


def test_refusals_lead_nowhere():
    assert {status for _, status, _ in linking()} <= {"200", "201"}


def test_an_invoice_leads_to_its_payment_and_the_payment_back(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    paying = LINKS["add_payment.invoice_id.from.id"]
    assert paying["requestBody"] == {
        "amount": "$response.body#/amount_remaining",
        "currency": "$response.body#/currency",
    }
    owed = {"amount": invoice["amount_remaining"], "currency": invoice["currency"]}
    body = {**owed, "paid_at": "2026-01-02T08:00:00Z", "method": "cash"}
    payment = api.done("POST", f"/v1/invoices/{invoice['id']}/payments", body)
    back = LINKS["get_invoice.invoice_id.from.allocations.0.invoice"]["parameters"]["invoice_id"]
    assert back == "$response.body#/allocations/0/invoice"
    assert payment["allocations"][0]["invoice"] == invoice["id"]


def test_a_list_leads_on_with_the_filters_it_was_asked_for():
    assert LINKS["list_cases.onwards"]["parameters"] == {
        "customer": "$request.query.customer",
        "status": "$request.query.status",
        "starting_after": "$response.body#/data/0/id",
    }
    assert (
        LINKS["list_timeline.onwards"]["parameters"]["customer_id"] == "$request.path.customer_id"
    )
    assert LINKS["export.onwards"]["parameters"]["after"] == "$response.body#/next"


def test_nothing_that_is_got_leads_to_itself():
    for route in routes():
        if route.method == "GET" and "{" in route.path and route.name.startswith("get_"):
            assert route.name not in {link.operation for link in links_of(route, routes())}
