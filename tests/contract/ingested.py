"""What the contract tests put into a ledger: a customer with an invoice and its case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.ports.storage import Reference, Write
from chalicelib.storage.table import Table
from tests.builders import a_customer, an_invoice, case_of, utc
from tests.contract.conftest import Store


def ingest(store: Store, number: str = "R-1", *, customer: str = "one"):
    """Commit a customer with an invoice and its case, and return the three."""
    one = a_customer(customer, tenant=store.live)
    invoice = an_invoice(number, customer=customer, tenant=store.live)
    case = case_of(invoice, due_at=utc("2026-01-16"), channel="email")
    store.ledger.commit(
        [Write(None, one), Write(None, invoice), Write(None, case)],
        [Reference(store.live, "invoice_number", number, invoice.id)],
    )
    return one, invoice, case


def next_version(record, **facts: Any):
    """Return the record changed, at its next version."""
    return replace(record, version=record.version + 1, **facts)


def make_unreadable(table: Table, store: Store, customer_id: str, place: str) -> None:
    """Let the record at a place of a customer's file have an amount that is none."""
    damage(table, store, customer_id, place, "amount")


def damage(table: Table, store: Store, customer_id: str, place: str, attribute: str) -> None:
    """Let nobody be able to read an attribute of the record at a place of a customer's file."""
    table.connection.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"{store.live.key}#{customer_id}"}, "sk": {"S": place}},
        UpdateExpression="SET #attribute = :text",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":text": {"S": "garbage"}},
    )
