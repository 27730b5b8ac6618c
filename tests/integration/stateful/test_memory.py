"""Whatever an API takes back, or shows to a stranger, is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.ports.storage import Write
from tests.api import Api, an_api, an_invoice_body
from tests.builders import TEST
from tests.integration.stateful.ending import look_as_strangers, look_at_files
from tests.integration.stateful.memory import Memory

CUSTOMER: dict[str, Any] = {
    "object": "customer",
    "id": "cus_" + "A" * 16,
    "name": "",
    "external_id": None,
    "email": None,
    "phone": None,
    "erasure": {"reason": "objection"},
}
INVOICE: dict[str, Any] = {
    "object": "invoice",
    "id": "in_" + "A" * 32,
    "status": "void",
    "amount": 100,
    "amount_charged": 0,
    "amount_paid": 0,
    "amount_credited": 100,
    "amount_written_off": 0,
    "amount_remaining": 0,
}


def hear(memory: Memory, *objects: dict[str, Any]) -> None:
    body = json.dumps({"object": "list", "data": objects}).encode()
    memory.hear("list_something", 200, body)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CUSTOMER, {**CUSTOMER, "erasure": None}),
        (CUSTOMER, {**CUSTOMER, "name": "Somebody"}),
        (CUSTOMER, {**CUSTOMER, "email": "somebody@customer.example"}),
        (INVOICE, {**INVOICE, "status": "open"}),
        (INVOICE, {**INVOICE, "amount_paid": 50, "amount_credited": 50}),
        (INVOICE, {**INVOICE, "amount_credited": 99}),
        (INVOICE, {**INVOICE, "amount_credited": 101, "amount_remaining": -1}),
    ],
)
def test_what_is_taken_back_is_noticed(before: dict[str, Any], after: dict[str, Any]):
    memory = Memory()
    hear(memory, before, before)
    with pytest.raises(AssertionError):
        hear(memory, after)


def test_refusals_are_neither_done_nor_remembered():
    memory = Memory()
    memory.hear("get_invoice", 404, json.dumps(INVOICE).encode())
    assert not memory.done
    assert not memory.ids


@pytest.fixture
def api() -> Iterator[Api]:
    with an_api() as each:
        yield each


def test_strangers_are_let_look_at_everything(api: Api):
    memory = Memory()
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    hear(memory, invoice)
    assert look_as_strangers(api, memory) > 20

    api.new_key = lambda **_: api.key  # type: ignore[method-assign] # one that opens it
    with pytest.raises(AssertionError, match="shows a stranger"):
        look_as_strangers(api, memory)


def test_every_file_is_looked_at(api: Api):
    first = api.done("POST", "/v1/invoices", an_invoice_body())
    api.world.until("2026-01-03 08:00")
    assert look_at_files(api) == 1

    ledger = api.world.ledger
    invoice = ledger.invoice(TEST, first["id"])
    assert invoice
    ledger._store(Write(None, replace(invoice, paid=1)))
    with pytest.raises(AssertionError, match="paid_is_allocated"):
        look_at_files(api)
