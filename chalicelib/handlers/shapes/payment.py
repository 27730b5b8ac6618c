"""Payments and credit notes."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain import ids
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import Timestamp, timestamp


class AllocationShape(TypedDict):
    """How much of a payment pays an invoice."""

    invoice: str
    amount: int


class PaymentShape(TypedDict):
    """A payment. `amount_unapplied` is the part that is the customer's credit."""

    id: str
    object: Literal["payment"]
    livemode: bool
    customer: str
    currency: str
    amount: int
    amount_refunded: int
    amount_disputed: int
    amount_unapplied: int
    allocations: list[AllocationShape]
    status: Literal["processing", "succeeded", "failed"]
    method: Literal["bank_transfer", "check", "cash", "card", "other"]
    paid_at: Timestamp
    reference: str | None
    provider_reference: str | None
    communication: str | None
    created_at: Timestamp


class CreditNoteShape(TypedDict):
    """A credit note: how much less an invoice asks for."""

    id: str
    object: Literal["credit_note"]
    livemode: bool
    customer: str
    invoice: str
    currency: str
    amount: int
    reason: str
    number: str | None
    created_at: Timestamp


def payment_shape(payment: Payment) -> PaymentShape:
    """Write a payment."""
    return PaymentShape(
        id=payment.id,
        object="payment",
        livemode=payment.tenant.mode is Mode.LIVE,
        customer=payment.customer_id,
        currency=payment.currency.code,
        amount=payment.amount,
        amount_refunded=payment.refunded,
        amount_disputed=payment.disputed,
        amount_unapplied=payment.unapplied,
        allocations=[
            AllocationShape(invoice=each.invoice_id, amount=each.amount)
            for each in payment.allocations
        ],
        status=payment.status.value,
        method=payment.method.value,
        paid_at=timestamp(payment.paid_at),
        reference=payment.reference,
        provider_reference=payment.provider_reference,
        communication=payment.communication,
        created_at=timestamp(payment.created_at),
    )


def credit_note_shape(note: CreditNote) -> CreditNoteShape:
    """Write a credit note."""
    return CreditNoteShape(
        id=note.id,
        object="credit_note",
        livemode=note.tenant.mode is Mode.LIVE,
        customer=ids.owner_of(note.id),
        invoice=note.invoice_id,
        currency=note.currency.code,
        amount=note.amount,
        reason=note.reason,
        number=note.number,
        created_at=timestamp(note.created_at),
    )
