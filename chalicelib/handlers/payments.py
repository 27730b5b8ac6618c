"""What was paid and credited, to be read; both are made at the invoice."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.queries import CreditNotesQuery, PaymentsQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.payment import (
    CreditNoteShape,
    PaymentShape,
    credit_note_shape,
    payment_shape,
)
from chalicelib.services.common import load_credit_note, load_payment
from chalicelib.services.list_payments import credit_notes_page, payments_page

resource = Resource(__name__, "Payments and credit notes")
blueprint = resource.blueprint


@resource.get("/v1/payments", ListShape[PaymentShape], query=PaymentsQuery)
def list_payments(call: Call[Nothing, PaymentsQuery]) -> ListShape[PaymentShape]:
    """List the payments of a customer, or those that pay an invoice"""
    page = payments_page(
        call.ports,
        call.tenant,
        call.query.cursor(),
        customer_id=call.query.customer,
        invoice_id=call.query.invoice,
    )
    return list_shape(page, payment_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/payments/{payment_id}", PaymentShape)
def get_payment(call: Call[Nothing, NoQuery], payment_id: str) -> PaymentShape:
    """Get a payment"""
    return payment_shape(load_payment(call.ports, call.tenant, payment_id))


@resource.get("/v1/credit_notes", ListShape[CreditNoteShape], query=CreditNotesQuery)
def list_credit_notes(call: Call[Nothing, CreditNotesQuery]) -> ListShape[CreditNoteShape]:
    """List the credit notes of a customer, or of an invoice"""
    page = credit_notes_page(
        call.ports,
        call.tenant,
        call.query.cursor(),
        customer_id=call.query.customer,
        invoice_id=call.query.invoice,
    )
    return list_shape(page, credit_note_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/credit_notes/{credit_note_id}", CreditNoteShape)
def get_credit_note(call: Call[Nothing, NoQuery], credit_note_id: str) -> CreditNoteShape:
    """Get a credit note"""
    return credit_note_shape(load_credit_note(call.ports, call.tenant, credit_note_id))
