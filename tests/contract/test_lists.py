"""Lists of everything else: newest first, both ways, by status and customer, each tenant's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.dispute import Dispute, DisputeStatus
from chalicelib.domain.payment_plan import PlanStatus
from chalicelib.domain.promise import PromiseStatus
from chalicelib.domain.service import Service, ServiceStatus, service_id
from chalicelib.ports.storage import Cursor, Page, Write
from tests.builders import (
    a_communication,
    a_credit_note,
    a_customer,
    a_dispute,
    a_payment,
    a_payment_plan,
    a_promise,
    a_service,
    a_task,
    an_invoice,
    case_of,
    utc,
)
from tests.contract.conftest import Store
from tests.contract.listed import (
    START,
    child_at,
    customer_at,
    own,
    put,
    seven_invoices,
    tell,
)


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


def test_payments_stand_in_the_order_of_their_making(store: Store):
    early = a_payment(tenant=store.live, name="Z", created_at=utc("2026-01-01"))
    late = a_payment(tenant=store.live, name="A", created_at=utc("2026-01-02"))
    put(store, late, early)
    assert store.ledger.payments_of(store.live, early.customer_id) == (early, late)


def test_promises_by_status_and_customer(store: Store):
    kept = a_promise(tenant=store.live, status=PromiseStatus.KEPT, number="R-2")
    mine, other = a_promise(tenant=store.live), a_promise(tenant=store.live, customer="two")
    put(store, kept, mine, other)

    def found(**of: Any) -> set[str]:
        return {each.id for each in store.ledger.promises_page(store.live, Cursor(10), **of).data}

    assert found() == {kept.id, mine.id, other.id}
    assert found(status="open") == {mine.id, other.id}
    assert found(customer_id=mine.customer_id) == {kept.id, mine.id}
    assert found(customer_id=mine.customer_id, status="kept") == {kept.id}
    assert store.ledger.promises_page(store.other, Cursor(10)).data == ()


def test_payment_plans_by_status_and_customer(store: Store):
    broken = a_payment_plan(tenant=store.live, status=PlanStatus.BROKEN, number="R-2")
    mine, other = a_payment_plan(tenant=store.live), a_payment_plan(tenant=store.live, customer="2")
    put(store, broken, mine, other)

    def found(**of: Any) -> set[str]:
        page = store.ledger.payment_plans_page(store.live, Cursor(10), **of)
        return {each.id for each in page.data}

    assert found() == {broken.id, mine.id, other.id}
    assert found(status="active") == {mine.id, other.id}
    assert found(customer_id=mine.customer_id) == {broken.id, mine.id}
    assert found(customer_id=mine.customer_id, status="broken") == {broken.id}
    assert store.ledger.payment_plans_page(store.other, Cursor(10)).data == ()


def test_credit_notes_stand_in_the_order_of_their_making(store: Store):
    lower, higher = (child_at(ids.CREDIT_NOTE, number, of=1) for number in (1, 2))
    early = a_credit_note(tenant=store.live, id=higher, created_at=utc("2026-01-01"))
    late = a_credit_note(tenant=store.live, id=lower, created_at=utc("2026-01-02"))
    put(store, late, early)
    owner = customer_at(1)
    assert store.ledger.credit_notes_of(store.live, owner) == (early, late)
    assert store.ledger.credit_notes_of(store.other, owner) == ()


def test_disputes_are_listed_by_status_and_customer(store: Store):
    first, second = (
        replace(
            a_dispute(tenant=store.live, id=child_at(ids.DISPUTE, number, of=number)),
            customer_id=customer_at(number),
        )
        for number in (1, 2)
    )
    over = replace(second, status=DisputeStatus.EXPIRED, version=2)
    put(store, first, second)
    store.ledger.commit([Write(second, over)])

    def page(**of: str) -> Page[Dispute]:
        return store.ledger.disputes_page(store.live, Cursor(5), **of)

    assert page() == Page((over, first), has_more=False)
    assert page(status="open").data == page(customer_id=customer_at(1)).data == (first,)
    assert page(status="expired").data == (over,)
    assert page(customer_id=customer_at(2), status="open").data == ()


def test_services_are_listed_by_status_and_customer(store: Store):
    first, second = (
        a_service(
            tenant=store.live, id=service_id(customer_at(number)), customer_id=customer_at(number)
        )
        for number in (1, 2)
    )
    done = replace(second, status=ServiceStatus.ACKNOWLEDGED, version=2)
    put(store, first, second)
    store.ledger.commit([Write(second, done)])

    def page(**of: str) -> Page[Service]:
        return store.ledger.services_page(store.live, Cursor(5), **of)

    assert page() == Page((done, first), has_more=False)
    assert page(status="requested").data == page(customer_id=customer_at(1)).data == (first,)
    assert page(status="acknowledged").data == (done,)
    assert page(customer_id=customer_at(2), status="requested").data == ()


@pytest.mark.parametrize("tenant", ["test", "other"])
def test_other_tenants_lists_are_empty(store: Store, tenant: str):
    seven_invoices(store)
    others = a_task(tenant=store.live), a_dispute(tenant=store.live), a_service(tenant=store.live)
    put(store, a_customer(tenant=store.live), *others)
    tell(store, a_customer(tenant=store.live))
    ledger, stranger, cursor = store.ledger, getattr(store, tenant), Cursor(10)
    pages = [
        ledger.customers_page(stranger, cursor),
        ledger.invoices_page(stranger, cursor),
        ledger.invoices_page(stranger, cursor, customer_id=customer_at(1)),
        ledger.cases_page(stranger, cursor),
        ledger.tasks_page(stranger, cursor),
        ledger.disputes_page(stranger, cursor),
        ledger.services_page(stranger, cursor),
        ledger.services_page(stranger, cursor, customer_id=customer_at(1)),
        ledger.disputes_page(stranger, cursor, customer_id=customer_at(1)),
        ledger.communications_page(stranger, cursor),
        ledger.events_page(stranger, cursor),
    ]
    assert pages == [Page((), has_more=False)] * len(pages)
