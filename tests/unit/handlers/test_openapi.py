"""The OpenAPI document says what runs: every route, every body, every answer, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import app
from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.domain.decisions import Reason
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.handlers.openapi import document
from chalicelib.handlers.problems import CODES
from chalicelib.handlers.shapes.event_types import EVENT_TYPES
from chalicelib.ports.storage import WriteConflictError
from tests import reference
from tests.api import Api, an_api, an_invoice_body
from tests.invariants.meddling import MeddledLedger

REFERENCE = Path(__file__).parents[3] / "docs" / "api.md"
DOMAIN = Path(__file__).parents[3] / "chalicelib" / "domain"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_and_served_to_anybody(api: Api):
    validate(document())
    reply = api.get("/v1/openapi.json", key="")

    assert reply.status == 200
    assert reply.json == json.loads(json.dumps(document()))
    assert reply.json["openapi"].startswith("3.1")


def test_every_route_is_described_and_nothing_else():
    running = {(method, path) for path, methods in app.app.routes.items() for method in methods}

    assert {(method, path) for method, path, _ in operations()} == running


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/customers/{customer_id}", {"name": "Other"}),
        ("GET", "/v1/customers/{customer_id}/export", None),
        ("POST", "/v1/invoices/{invoice_id}/void", None),
    ],
)
def test_whatever_writes_may_meet_others_that_write(method: str, path: str, body: Any):
    """Found by following links: a PATCH was answered with a 409 that wasn't described."""

    def meet(_: object) -> None:
        raise WriteConflictError("somebody was faster")

    with an_api(ledger=MeddledLedger()) as api:
        invoice = api.done("POST", "/v1/invoices", an_invoice_body())
        api.world.ledger.before_commit = meet
        ids = {"customer_id": invoice["customer"], "invoice_id": invoice["id"]}
        reply = api.call(method, path.format(**ids), body)
    assert reply.json["code"] == "concurrent_change"
    assert str(reply.status) in document()["paths"][path][method.lower()]["responses"]


def test_operations_are_told_apart():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_the_reference_names_every_route():
    text = REFERENCE.read_text(encoding="utf-8")
    missing = [f"{method} {path}" for method, path, _ in operations()
               if f"`{method} {path}`" not in text]  # fmt: skip
    assert missing == []


def test_the_page_of_all_fields_is_the_document_that_runs():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "write it anew: python -m tests.reference"
    )


def test_numbers_in_queries_have_their_bounds():
    bounds = {
        parameter["name"]: (parameter["schema"]["minimum"], parameter["schema"]["maximum"])
        for _, _, operation in operations()
        for parameter in operation["parameters"]
        if parameter.get("schema", {}).get("type") == "integer"
    }
    assert bounds == {"limit": (1, 100), "version": (1, 10**10 - 1)}


def test_every_schema_is_used():
    text = json.dumps(document())
    unused = [name for name in document()["components"]["schemas"]
              if f'"#/components/schemas/{name}"' not in text]  # fmt: skip
    assert unused == []


@pytest.mark.parametrize(
    "name",
    [name for name, each in document()["components"]["schemas"].items() if "examples" in each],
)
def test_examples_fit_their_schema(name: str):
    schema = {
        "$ref": f"#/components/schemas/{name}",
        "components": document()["components"],
    }
    for example in document()["components"]["schemas"][name]["examples"]:
        Draft202012Validator(schema).validate(example)


def test_every_body_has_an_example():
    bodies = [
        operation["requestBody"]["content"]["application/json"]
        for _, _, operation in operations()
        if operation.get("security") and operation.get("requestBody", {}).get("required")
    ]
    assert [body["schema"] for body in bodies if "example" not in body] == []


@pytest.mark.parametrize("name", ["SequenceBody", "StepBody", "SequenceShape", "StepShape"])
def test_every_rule_of_a_sequence_is_described(name: str):
    rules = {"catch_up", "grace_days", "min_gap_days", "send_window", "bundle"} | {
        "do", "offset_days", "min_amount", "min_percent",
    }  # fmt: skip
    fields = document()["components"]["schemas"][name]["properties"]

    assert len(rules & fields.keys()) >= 4
    assert [each for each in rules & fields.keys() if "description" not in fields[each]] == []


def test_the_reference_explains_every_code_reason_and_type_of_event():
    text = REFERENCE.read_text(encoding="utf-8")
    words = {*CODES, *EVENT_TYPES, *Reason, *Outcome}

    assert sorted(word for word in words if f"`{word}`" not in text) == []


def test_every_type_of_event_in_the_code_is_listed():
    facts = "".join(path.read_text() for path in DOMAIN.glob("*facts.py"))
    named = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', facts))

    assert named
    assert named <= set(EVENT_TYPES)
    assert {f"invoice.{each}" for each in InvoiceStatus} - {"invoice.open"} <= set(EVENT_TYPES)
    assert {f"communication.{each}" for each in CommunicationStatus} <= set(EVENT_TYPES)
