"""Lists of invoices and their cases: newest first, both ways, by status and customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.ports.storage import Cursor, Page, Write
from tests.contract.conftest import Store
from tests.contract.listed import (
    child_at,
    customer_at,
    numbers,
    seven_invoices,
    walk_older,
)


def test_invoices_of_all_statuses_newest_first(store: Store):
    seven_invoices(store)
    pages = walk_older(lambda cursor: store.ledger.invoices_page(store.live, cursor), 3)
    assert pages == [[7, 6, 5], [4, 3, 2], [1]]


def test_a_full_last_page_has_no_more(store: Store):
    seven_invoices(store)
    page = store.ledger.invoices_page(store.live, Cursor(7))
    assert (len(page.data), page.has_more) == (7, False)


def test_invoices_newer_than_one(store: Store):
    seven_invoices(store)
    third = child_at(ids.INVOICE, 3, of=1)
    page = store.ledger.invoices_page(store.live, Cursor(2, before=third))
    assert (numbers(page), page.has_more) == ([5, 4], True)
    page = store.ledger.invoices_page(store.live, Cursor(2, before=page.data[0].id))
    assert (numbers(page), page.has_more) == ([7, 6], False)


def test_invoices_by_status(store: Store):
    seven_invoices(store)

    def of_status(status: str) -> list[int]:
        return numbers(store.ledger.invoices_page(store.live, Cursor(10), status=status))

    assert [of_status(each) for each in InvoiceStatus] == [[6, 4, 1], [7, 2], [3], [5]]


def test_an_invoice_changes_its_list_with_its_status(store: Store):
    seven_invoices(store)
    invoice = store.ledger.invoice(store.live, child_at(ids.INVOICE, 4, of=0))
    paid = replace(invoice, status=InvoiceStatus.PAID, paid=invoice.amount, version=2)
    store.ledger.commit([Write(invoice, paid)])
    page = store.ledger.invoices_page(store.live, Cursor(10), status="open")
    assert numbers(page) == [6, 1]
    page = store.ledger.invoices_page(store.live, Cursor(10), status="paid")
    assert page.data[1] == paid


def test_invoices_of_a_customer(store: Store):
    seven_invoices(store)

    def of_customer(cursor: Cursor) -> Page[Any]:
        return store.ledger.invoices_page(store.live, cursor, customer_id=customer_at(1))

    assert walk_older(of_customer, 3) == [[7, 5, 3], [1]]
    page = of_customer(Cursor(2, before=child_at(ids.INVOICE, 1, of=1)))
    assert (numbers(page), page.has_more) == ([5, 3], True)
    page = store.ledger.invoices_page(
        store.live,
        Cursor(1, after=child_at(ids.INVOICE, 6, of=0)),
        status="open",
        customer_id=customer_at(0),
    )
    assert (numbers(page), page.has_more) == ([4], False)


def test_cases_by_status_and_customer(store: Store):
    seven_invoices(store)

    def cases(**chosen: Any) -> list[int]:
        return numbers(store.ledger.cases_page(store.live, Cursor(10), **chosen))

    assert cases() == [7, 6, 5, 4, 3, 2, 1]
    assert cases(status="open") == [6, 4, 1]
    assert cases(status="closed") == [7, 5, 3, 2]
    assert cases(customer_id=customer_at(0)) == [6, 4, 2]
    assert cases(customer_id=customer_at(0), status="open") == [6, 4]
    pages = walk_older(lambda cursor: store.ledger.cases_page(store.live, cursor), 4)
    assert pages == [[7, 6, 5, 4], [3, 2, 1]]
    page = store.ledger.cases_page(store.live, Cursor(1, before=child_at(ids.CASE, 6, of=0)))
    assert (numbers(page), page.has_more) == ([7], False)


def test_a_cursor_that_is_no_id_is_refused(store: Store):
    with pytest.raises(ValueError, match="not an id"):
        store.ledger.invoices_page(store.live, Cursor(1, after="in_1"))
