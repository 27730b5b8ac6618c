"""Lists: newest first, both ways, by status and customer, each tenant's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.case import CaseStatus
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.ports.storage import Cursor, Page, Write
from tests.builders import a_communication, a_customer, a_payment, a_task, an_invoice, case_of, utc
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


def test_customers_newest_first(store: Store):
    made = [replace(a_customer(tenant=store.live), id=customer_at(each)) for each in range(4)]
    put(store, *made)
    for customer in made:
        tell(store, customer)
    page = store.ledger.customers_page(store.live, Cursor(3))
    assert (page.data, page.has_more) == (tuple(reversed(made[1:])), True)
    page = store.ledger.customers_page(store.live, Cursor(3, after=page.data[-1].id))
    assert (page.data, page.has_more) == ((made[0],), False)
    page = store.ledger.customers_page(store.live, Cursor(3, before=made[0].id))
    assert (page.data, page.has_more) == (tuple(reversed(made[1:])), False)


def test_tasks_by_status_and_customer(store: Store):
    tasks = [
        replace(
            a_task(tenant=store.live),
            id=child_at(ids.TASK, number, of=number % 2),
            customer_id=customer_at(number % 2),
        )
        for number in range(4)
    ]
    put(store, *tasks)
    done = replace(tasks[2], status=TaskStatus.DONE, version=2)
    store.ledger.commit([Write(tasks[2], done)])

    def found(**chosen: Any) -> list[Any]:
        return list(store.ledger.tasks_page(store.live, Cursor(10), **chosen).data)

    assert found() == [tasks[3], done, tasks[1], tasks[0]]
    assert found(status="open") == [tasks[3], tasks[1], tasks[0]]
    assert found(status="done") == [done]
    assert found(customer_id=customer_at(0)) == [done, tasks[0]]
    assert found(customer_id=customer_at(0), status="open") == [tasks[0]]


def tell(store: Store, record: Any, at: datetime = START) -> Event:
    """Record the event of a new record and return it."""
    [event] = events_of(None, record, at)
    store.ledger.record_events([event, event])
    return event


def test_communications_of_a_customer_and_of_the_tenant(store: Store):
    sent = [
        replace(
            a_communication(tenant=store.live, parts=()),
            id=child_at(ids.COMMUNICATION, number, of=number % 2),
            customer_id=customer_at(number % 2),
            parts=a_communication(
                case_of(an_invoice(tenant=store.live), id=child_at(ids.CASE, 1, of=number % 2))
            ).parts,
        )
        for number in range(5)
    ]
    for communication in sent:
        store.ledger.append(communication)
        tell(store, communication)
    put(store, a_payment(tenant=store.live))
    tell(store, a_payment(tenant=store.live))

    page = store.ledger.communications_page(store.live, Cursor(3))
    assert (page.data, page.has_more) == ((sent[4], sent[3], sent[2]), True)
    page = store.ledger.communications_page(store.live, Cursor(3, after=sent[2].id))
    assert (page.data, page.has_more) == ((sent[1], sent[0]), False)
    page = store.ledger.communications_page(store.live, Cursor(2, before=sent[0].id))
    assert (page.data, page.has_more) == ((sent[2], sent[1]), True)
    page = store.ledger.communications_page(store.live, Cursor(2), customer_id=customer_at(0))
    assert (page.data, page.has_more) == ((sent[4], sent[2]), True)


def test_the_feed_and_a_timeline(store: Store):
    invoice = an_invoice(tenant=store.live, created_at=START)
    communication = replace(
        a_communication(tenant=store.live),
        id=ids.child_id(ids.COMMUNICATION, invoice.customer_id, own(1)),
    )
    other = replace(a_payment(tenant=store.live, customer="two"), created_at=utc("2026-01-02"))
    told = [tell(store, each) for each in (invoice, communication, other)]

    feed = store.ledger.events_page(store.live, Cursor(10))
    assert (list(feed.data), feed.has_more) == (told[::-1], False)
    page = store.ledger.events_page(store.live, Cursor(1, after=told[2].id))
    assert (list(page.data), page.has_more) == ([told[1]], True)
    page = store.ledger.events_page(store.live, Cursor(2, before=told[0].id))
    assert (list(page.data), page.has_more) == ([told[2], told[1]], False)
    timeline = store.ledger.events_page(store.live, Cursor(1), customer_id=invoice.customer_id)
    assert (list(timeline.data), timeline.has_more) == ([told[1]], True)


@pytest.mark.parametrize("tenant", ["test", "other"])
def test_other_tenants_lists_are_empty(store: Store, tenant: str):
    seven_invoices(store)
    put(store, a_customer(tenant=store.live), a_task(tenant=store.live))
    tell(store, a_customer(tenant=store.live))
    ledger, stranger, cursor = store.ledger, getattr(store, tenant), Cursor(10)
    pages = [
        ledger.customers_page(stranger, cursor),
        ledger.invoices_page(stranger, cursor),
        ledger.invoices_page(stranger, cursor, customer_id=customer_at(1)),
        ledger.cases_page(stranger, cursor),
        ledger.tasks_page(stranger, cursor),
        ledger.communications_page(stranger, cursor),
        ledger.events_page(stranger, cursor),
    ]
    assert pages == [Page((), has_more=False)] * len(pages)


def test_a_cursor_that_is_no_id_is_refused(store: Store):
    with pytest.raises(ValueError, match="not an id"):
        store.ledger.invoices_page(store.live, Cursor(1, after="in_1"))


def test_payments_stand_in_the_order_of_their_making(store: Store):
    early = a_payment(tenant=store.live, name="Z", created_at=utc("2026-01-01"))
    late = a_payment(tenant=store.live, name="A", created_at=utc("2026-01-02"))
    put(store, late, early)
    assert store.ledger.payments_of(store.live, early.customer_id) == (early, late)
