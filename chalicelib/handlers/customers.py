"""Customers: who owes, what they owe, and everything that happened with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.domain import ids
from chalicelib.domain.invoice import Invoice
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.contacts import ContactBody
from chalicelib.handlers.bodies.customers import CustomerBody, CustomerChanges
from chalicelib.handlers.bodies.queries import CustomersQuery, TimelineQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, found_shape, list_shape
from chalicelib.handlers.shapes.customer import (
    CustomerShape,
    StatementShape,
    customer_shape,
    statement_shape,
)
from chalicelib.handlers.shapes.invoice import invoice_shape
from chalicelib.handlers.shapes.log import EventShape, event_shape
from chalicelib.handlers.writing import fitting
from chalicelib.services.common import load_customer
from chalicelib.services.create_customer import create_customer
from chalicelib.services.find import find_customer
from chalicelib.services.record_contact import record_contact
from chalicelib.services.update_customer import update_customer

resource = Resource(__name__, "Customers")
blueprint = resource.blueprint

MOST_ON_STATEMENT = 1_000
READ_AT_ONCE = 100


@resource.post("/v1/customers", CustomerShape, body=CustomerBody, other_statuses=(409,))
def add_customer(call: Call[CustomerBody, NoQuery]) -> CustomerShape:
    """Create a customer"""
    order = call.body.order()
    customer = create_customer(call.ports, call.tenant, call.change, order, once=call.once)
    return customer_shape(customer)


@resource.get("/v1/customers", ListShape[CustomerShape], query=CustomersQuery)
def list_customers(call: Call[Nothing, CustomersQuery]) -> ListShape[CustomerShape]:
    """List customers"""
    if external_id := call.query.external_id:
        return found_shape(
            find_customer(call.ports, call.tenant, external_id), customer_shape, call.path
        )
    page = call.ports.ledger.customers_page(call.tenant, call.query.cursor())
    return list_shape(page, customer_shape, url=call.path, cursor=call.query.cursor())


@resource.post("/v1/customers/{customer_id}/contacts", CustomerShape, body=ContactBody, status=200)
def add_contact(call: Call[ContactBody, NoQuery], customer_id: str) -> CustomerShape:
    """Record a contact with a customer, so that quiet days and caps count it"""
    told = call.body.told()
    load_customer(call.ports, call.tenant, customer_id)
    return customer_shape(record_contact(call.ports, call.tenant, call.change, customer_id, told))


@resource.get("/v1/customers/{customer_id}", CustomerShape)
def get_customer(call: Call[Nothing, NoQuery], customer_id: str) -> CustomerShape:
    """Get a customer"""
    return customer_shape(load_customer(call.ports, call.tenant, customer_id))


@resource.patch("/v1/customers/{customer_id}", CustomerShape, body=CustomerChanges)
def change_customer(call: Call[CustomerChanges, NoQuery], customer_id: str) -> CustomerShape:
    """Change a customer"""
    fields = call.body.given()
    return customer_shape(
        update_customer(call.ports, call.tenant, call.change, customer_id, fields)
    )


@resource.get("/v1/customers/{customer_id}/timeline", ListShape[EventShape], query=TimelineQuery)
def list_timeline(call: Call[Nothing, TimelineQuery], customer_id: str) -> ListShape[EventShape]:
    """List everything that happened with a customer"""
    customer = load_customer(call.ports, call.tenant, customer_id)
    page = call.ports.ledger.events_page(call.tenant, call.query.cursor(), customer_id=customer.id)
    return list_shape(page, event_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/customers/{customer_id}/statement", StatementShape)
def get_statement(call: Call[Nothing, NoQuery], customer_id: str) -> StatementShape:
    """Get what a customer owes now"""
    customer = load_customer(call.ports, call.tenant, customer_id)
    file = call.ports.ledger.file(call.tenant, customer.id)
    cases = sorted(file.open_cases, key=lambda case: (case.due_date, case.id)) if file else []
    owed = [ids.sibling(case.id, ids.INVOICE) for case in cases]
    links = call.ports.links
    stored = _invoices(call, owed[:MOST_ON_STATEMENT])
    invoices, is_cut = fitting(invoice_shape(each, links) for each in stored)
    return statement_shape(
        file.customer if file else customer,
        invoices,
        has_more=is_cut or len(owed) > MOST_ON_STATEMENT,
        pay_url=links.pay_url(call.tenant, customer.id, None),
    )


def _invoices(call: Call[Nothing, NoQuery], wanted: Sequence[str]) -> Iterator[Invoice]:
    """Yield invoices, read bit by bit, so that no more is read than fits into an answer."""
    for start in range(0, len(wanted), READ_AT_ONCE):
        some = wanted[start : start + READ_AT_ONCE]
        found = call.ports.ledger.invoices(call.tenant, some)
        yield from (found[each] for each in some if each in found)
