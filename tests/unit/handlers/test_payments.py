"""Payments and credit notes are read as they were answered when they were made."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.access import AccessScope
from tests.api import OTHER_CREDITOR_ID, Api, an_invoice_body


def pay(api: Api, invoice: str, amount: int) -> Any:
    body = {
        "amount": amount,
        "currency": "eur",
        "paid_at": "2026-01-02T08:00:00Z",
        "method": "bank_transfer",
        "reference": f"Transfer of {amount}",
    }
    api.world.clock.advance(minutes=1)
    return api.done("POST", f"/v1/invoices/{invoice}/payments", body)


def credit(api: Api, invoice: str, amount: int) -> Any:
    body = {"amount": amount, "currency": "eur", "reason": "damaged"}
    api.world.clock.advance(minutes=1)
    return api.done("POST", f"/v1/invoices/{invoice}/credit_notes", body)


@pytest.fixture
def invoices(api: Api) -> list[Any]:
    """Two invoices of one customer."""
    return [api.done("POST", "/v1/invoices", an_invoice_body(each)) for each in ("R-1", "R-2")]


def test_a_payment_is_read_as_it_was_answered(api: Api, invoices: list[Any]):
    payment = pay(api, invoices[0]["id"], 120000)

    assert payment["allocations"] == [
        {"invoice": invoices[0]["id"], "amount": 119000},
        {"invoice": invoices[1]["id"], "amount": 1000},
    ]
    assert api.done("GET", f"/v1/payments/{payment['id']}") == payment


def test_payments_of_a_customer_and_of_an_invoice(api: Api, invoices: list[Any]):
    first, second = (each["id"] for each in invoices)
    over = pay(api, first, 120000)
    rest = pay(api, second, 5000)
    customer = invoices[0]["customer"]

    listed = api.done("GET", f"/v1/payments?customer={customer}&limit=1")
    assert listed == {"object": "list", "data": [rest], "has_more": True, "url": "/v1/payments"}
    older = api.done("GET", f"/v1/payments?customer={customer}&starting_after={rest['id']}")
    assert (older["data"], older["has_more"]) == ([over], False)
    assert api.done("GET", f"/v1/payments?invoice={first}")["data"] == [over]
    assert api.done("GET", f"/v1/payments?invoice={second}")["data"] == [rest, over]
    newer = api.done("GET", f"/v1/payments?invoice={second}&ending_before={over['id']}")
    assert newer["data"] == [rest]


def test_credit_notes_of_a_customer_and_of_an_invoice(api: Api, invoices: list[Any]):
    first = credit(api, invoices[0]["id"], 1000)
    second = credit(api, invoices[1]["id"], 2000)
    customer = invoices[0]["customer"]

    assert first["customer"] == customer
    assert api.done("GET", f"/v1/credit_notes/{first['id']}") == first
    listed = api.done("GET", f"/v1/credit_notes?customer={customer}")
    assert listed["data"] == [second, first]
    of_one = api.done("GET", f"/v1/credit_notes?invoice={invoices[0]['id']}&limit=1")
    assert (of_one["data"], of_one["has_more"]) == ([first], False)


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/credit_notes"])
def test_whose_they_are_must_be_said(api: Api, path: str):
    nobody = api.get(path)
    assert (nobody.status, nobody.pointers) == (422, ["/customer"])
    assert nobody.json["errors"][0]["detail"] == "is required, or `invoice` instead"
    assert api.get(f"{path}?invoice=R-1").pointers == ["/invoice"]
    assert api.get(f"{path}?customer=C-1").pointers == ["/customer"]
    stranger = f"{path}?customer=cus_{'0' * 16}"
    assert api.done("GET", stranger)["data"] == []
    wrong = api.get(f"{stranger}&starting_after=in_{'0' * 32}")
    assert wrong.pointers == ["/starting_after"]


def test_others_find_nothing_and_reading_is_enough(api: Api, invoices: list[Any]):
    invoice = invoices[0]["id"]
    payment, note = pay(api, invoice, 1), credit(api, invoice, 1)
    other, reader = api.new_key(creditor=OTHER_CREDITOR_ID), api.new_key(AccessScope.READ)

    for path in (f"/v1/payments/{payment['id']}", f"/v1/credit_notes/{note['id']}"):
        assert api.get(path, key=other).status == 404
        assert api.get(path, key=reader).status == 200
    for path in ("/v1/payments", "/v1/credit_notes"):
        asked = f"{path}?invoice={invoice}"
        assert api.get(asked, key=other).json["data"] == []
        assert len(api.get(asked, key=reader).json["data"]) == 1
