"""What the tests of lists put into a ledger, at chosen minutes, and how they read its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.case import CaseStatus
from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.ports.storage import Cursor, Page, Write
from tests.builders import an_invoice, case_of, utc
from tests.contract.conftest import Store

START = utc("2026-01-01")
STATUSES = (
    InvoiceStatus.OPEN,
    InvoiceStatus.PAID,
    InvoiceStatus.VOID,
    InvoiceStatus.OPEN,
    InvoiceStatus.WRITTEN_OFF,
    InvoiceStatus.OPEN,
    InvoiceStatus.PAID,
)


def own(number: int) -> str:
    """Return the id part of the moment that many minutes after the start."""
    return ids.part(START + timedelta(minutes=number), number)


def customer_at(number: int) -> str:
    """Return the id of the customer made at that minute."""
    return ids.customer_id(own(number))


def child_at(prefix: str, number: int, *, of: int) -> str:
    """Return the id of a record made at that minute, of a customer."""
    return ids.child_id(prefix, customer_at(of), own(number))


def put(store: Store, *records: Any) -> None:
    """Commit new records one by one."""
    for record in records:
        store.ledger.commit([Write(None, record)])


def tell(store: Store, record: Any, at: datetime = START) -> Event:
    """Record the event of a new record and return it."""
    [event] = events_of(None, record, at)
    store.ledger.record_events([event, event])
    return event


def seven_invoices(store: Store) -> None:
    """Commit invoices 1 to 7 with their cases, of two customers in turn."""
    for number, status in enumerate(STATUSES, start=1):
        of = number % 2
        invoice = replace(
            an_invoice(str(number), tenant=store.live),
            id=child_at(ids.INVOICE, number, of=of),
            customer_id=customer_at(of),
            status=status,
        )
        closed = status is not InvoiceStatus.OPEN
        case = case_of(invoice, status=CaseStatus.CLOSED if closed else CaseStatus.OPEN)
        put(store, invoice, case)


def numbers(page: Page[Any]) -> list[int]:
    """Return the numbers of a page's invoices or cases, in order."""
    return [int(each.number) for each in page.data]


def walk_older(fetch: Callable[[Cursor], Page[Any]], limit: int) -> list[list[int]]:
    """Return the numbers page by page from the newest to the oldest."""
    pages, after, more = [], None, True
    while more:
        page = fetch(Cursor(limit, after=after))
        pages.append(numbers(page))
        more = page.has_more
        after = page.data[-1].id if page.data else None
    return pages
