"""Payments and credit notes."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.money import currency
from chalicelib.domain.payment import CreditNote, Method, Payment, PaymentStatus
from chalicelib.storage import keys
from chalicelib.storage.items import CreditNoteItem, PaymentItem
from chalicelib.storage.mapping.common import change_of, stamp


def payment_to_record(payment: Payment) -> PaymentItem:
    """Return the item of a payment."""
    return PaymentItem(
        **stamp(payment, keys.child(payment.tenant, ids.PAYMENT, payment.id)),
        currency=payment.currency.code,
        amount=payment.amount,
        method=payment.method,
        paid_at=payment.paid_at,
        created_at=payment.created_at,
        status=payment.status,
        refunded=payment.refunded or None,
        disputed=payment.disputed or None,
        named=payment.named or None,
        allocations=payment.allocations or None,
        reference=payment.reference,
        provider_reference=payment.provider_reference,
        provider_events=payment.provider_events or None,
        provider_at=payment.provider_at,
        refunded_at=payment.refunded_at,
        disputed_at=payment.disputed_at,
        open_disputes=payment.open_disputes or None,
        closed_disputes=payment.closed_disputes or None,
        held=payment.held or None,
        communication=payment.communication,
        request=payment.request,
    )


def payment_from_record(item: PaymentItem) -> Payment:
    """Return the payment of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Payment(
        id=keys.identifier(ids.PAYMENT, item.key),
        tenant=tenant,
        customer_id=customer_id,
        currency=currency(item.currency),
        amount=item.amount,
        method=Method(item.method),
        paid_at=item.paid_at,
        created_at=item.created_at,
        status=PaymentStatus(item.status),
        refunded=item.refunded or 0,
        disputed=item.disputed or 0,
        named=item.named or (),
        allocations=item.allocations or (),
        reference=item.reference,
        provider_reference=item.provider_reference,
        provider_events=item.provider_events or (),
        provider_at=item.provider_at,
        refunded_at=item.refunded_at,
        disputed_at=item.disputed_at,
        open_disputes=item.open_disputes or (),
        closed_disputes=item.closed_disputes or (),
        held=item.held or (),
        communication=item.communication,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )


def credit_note_to_record(note: CreditNote) -> CreditNoteItem:
    """Return the item of a credit note."""
    return CreditNoteItem(
        **stamp(note, keys.child(note.tenant, ids.CREDIT_NOTE, note.id)),
        invoice=note.invoice_id,
        currency=note.currency.code,
        amount=note.amount,
        reason=note.reason,
        created_at=note.created_at,
        number=note.number,
        request=note.request,
    )


def credit_note_from_record(item: CreditNoteItem) -> CreditNote:
    """Return the credit note of an item."""
    tenant, _ = keys.owner(item.pk)
    return CreditNote(
        id=keys.identifier(ids.CREDIT_NOTE, item.key),
        tenant=tenant,
        invoice_id=item.invoice,
        currency=currency(item.currency),
        amount=item.amount,
        reason=item.reason,
        created_at=item.created_at,
        number=item.number,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )
