"""Invoices: posted one by one or in batches, and what is paid, credited, voided or given up."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change
from chalicelib.domain.errors import DunlinError, InvalidError, NumberTakenError
from chalicelib.domain.invoice import Invoice
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.invoices import (
    BatchBody,
    CancelBody,
    CreditNoteBody,
    InvoiceBody,
    PaymentBody,
)
from chalicelib.handlers.bodies.queries import InvoicesQuery
from chalicelib.handlers.problems import problem
from chalicelib.handlers.reading import BATCH_LIMIT
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, found_shape, list_shape
from chalicelib.handlers.shapes.invoice import BatchItemShape, InvoiceShape, invoice_shape
from chalicelib.handlers.shapes.payment import (
    CreditNoteShape,
    PaymentShape,
    credit_note_shape,
    payment_shape,
)
from chalicelib.handlers.validation import validate
from chalicelib.services.cancel_invoice import void_invoice, write_off_invoice
from chalicelib.services.common import load_invoice
from chalicelib.services.find import find_invoice
from chalicelib.services.issue_credit_note import issue_credit_note
from chalicelib.services.post_invoice import NewInvoice, Posted, post_invoice
from chalicelib.services.record_payment import record_payment

resource = Resource(__name__, "Invoices")
blueprint = resource.blueprint


@resource.post("/v1/invoices", InvoiceShape, body=InvoiceBody, other_statuses=(200, 409))
def add_invoice(call: Call[InvoiceBody, NoQuery]) -> Answer:
    """Post an invoice (201; the same one again: 200)"""
    posted = _post(call, call.body.order())
    return Answer(201 if posted.created else 200, invoice_shape(posted.invoice, call.ports.links))


@resource.post(
    "/v1/invoices/batch",
    ListShape[BatchItemShape],
    body=BatchBody,
    status=200,
    body_limit=BATCH_LIMIT,
)
def add_invoices(call: Call[BatchBody, NoQuery]) -> ListShape[BatchItemShape]:
    """Post up to 100 invoices, each on its own"""
    items = [
        _batch_item(call, document, f"/invoices/{index}")
        for index, document in enumerate(call.body.invoices)
    ]
    return ListShape(object="list", data=items, has_more=False, url=call.path)


@resource.get("/v1/invoices", ListShape[InvoiceShape], query=InvoicesQuery)
def list_invoices(call: Call[Nothing, InvoicesQuery]) -> ListShape[InvoiceShape]:
    """List invoices"""
    query = call.query

    def shape(invoice: Invoice) -> InvoiceShape:
        return invoice_shape(invoice, call.ports.links)

    if query.number:
        found = find_invoice(call.ports, call.tenant, query.number)
        fits = found and query.fits(found)
        return found_shape(found if fits else None, shape, call.path)
    page = call.ports.ledger.invoices_page(
        call.tenant, query.cursor(), status=query.status, customer_id=query.customer
    )
    return list_shape(page, shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/invoices/{invoice_id}", InvoiceShape)
def get_invoice(call: Call[Nothing, NoQuery], invoice_id: str) -> InvoiceShape:
    """Get an invoice"""
    return invoice_shape(load_invoice(call.ports, call.tenant, invoice_id), call.ports.links)


@resource.post(
    "/v1/invoices/{invoice_id}/void",
    InvoiceShape,
    body=CancelBody,
    status=200,
    other_statuses=(409,),
)
def void(call: Call[CancelBody, NoQuery], invoice_id: str) -> InvoiceShape:
    """Void an unpaid invoice; its number stays taken"""
    invoice = void_invoice(call.ports, call.tenant, _because(call), invoice_id)
    return invoice_shape(invoice, call.ports.links)


@resource.post(
    "/v1/invoices/{invoice_id}/write_off",
    InvoiceShape,
    body=CancelBody,
    status=200,
    other_statuses=(409,),
)
def write_off(call: Call[CancelBody, NoQuery], invoice_id: str) -> InvoiceShape:
    """Give up what is left of an invoice"""
    invoice = write_off_invoice(call.ports, call.tenant, _because(call), invoice_id)
    return invoice_shape(invoice, call.ports.links)


@resource.post(
    "/v1/invoices/{invoice_id}/payments", PaymentShape, body=PaymentBody, other_statuses=(409,)
)
def add_payment(call: Call[PaymentBody, NoQuery], invoice_id: str) -> PaymentShape:
    """Record a payment that came outside Stripe"""
    order = call.body.order(invoice_id)
    payment = record_payment(call.ports, call.tenant, call.change, order, once=call.once)
    return payment_shape(payment)


@resource.post(
    "/v1/invoices/{invoice_id}/credit_notes",
    CreditNoteShape,
    body=CreditNoteBody,
    other_statuses=(409,),
)
def add_credit_note(call: Call[CreditNoteBody, NoQuery], invoice_id: str) -> CreditNoteShape:
    """Lower an invoice"""
    order = call.body.order(invoice_id)
    note = issue_credit_note(call.ports, call.tenant, call.change, order, once=call.once)
    return credit_note_shape(note)


def _because(call: Call[CancelBody, NoQuery]) -> Change:
    """Return the change with the caller's reason as its why, where one is given."""
    return replace(call.change, why=call.body.reason or call.change.why)


def _batch_item(call: Call[BatchBody, NoQuery], document: object, prefix: str) -> BatchItemShape:
    try:
        body = validate(InvoiceBody, document, prefix=prefix)
        posted = _post(call, body.order(), prefix)
    except DunlinError as error:
        refusal = problem(error, call.path)
        return BatchItemShape(status=refusal["status"], error=refusal)
    shape = invoice_shape(posted.invoice, call.ports.links)
    return BatchItemShape(status=201 if posted.created else 200, invoice=shape)


def _post(
    call: Call[InvoiceBody, NoQuery] | Call[BatchBody, NoQuery], order: NewInvoice, prefix: str = ""
) -> Posted:
    """Post, and let pointers lead to where the field stands in the request."""
    try:
        return post_invoice(call.ports, call.tenant, call.change, order)
    except (InvalidError, NumberTakenError) as error:
        fields = tuple(
            replace(field, pointer=f"{prefix}{_place(field.pointer)}") for field in error.fields
        )
        raise type(error)(error.detail, fields=fields) from None


def _place(pointer: str) -> str:
    """Return the pointer; a customer's test clock stands inside the customer."""
    return f"/customer{pointer}" if pointer == "/test_clock" else pointer
