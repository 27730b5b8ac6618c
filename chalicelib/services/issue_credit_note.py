"""Lower an invoice by a credit note. It counts as much as a payment."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import AmountTooLargeError, InvoiceNotOpenError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import CreditNote
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import (
    creating,
    load_invoice,
    retrying,
    same_currency,
)
from chalicelib.services.once import Mark, made_by, own_mark


@dataclass(frozen=True, slots=True)
class NewCreditNote:
    """How much less an invoice asks for, and why."""

    invoice_id: str
    amount: Money
    reason: str
    number: str | None = None


def issue_credit_note(
    ports: Ports, tenant: Tenant, change: Change, order: NewCreditNote, *, once: Mark | None = None
) -> CreditNote:
    """Store a credit note of at most what remains; one over all of it closes the case.

    With `once`, the same request makes one note however often it comes. Raises NotFoundError,
    IdempotencyKeyReusedError, InvoiceNotOpenError, AmountTooLargeError, InvalidError.
    """

    mark = once or own_mark(ports)

    def attempt() -> CreditNote:
        invoice = load_invoice(ports, tenant, order.invoice_id)
        if known := ports.ledger.credit_note(tenant, _id(invoice, mark.own)):
            return made_by(mark, known)
        same_currency(order.amount.currency.code, invoice.currency.code)
        opened = open_books(ports, tenant, change, invoice.customer_id)
        invoice = opened.invoice(invoice.id)
        if not invoice.is_open:
            raise InvoiceNotOpenError(f"The invoice is {invoice.status}.")
        if order.amount.amount > invoice.remaining:
            raise AmountTooLargeError(f"Only {invoice.remaining} remain on the invoice.")
        opened.books.credit(invoice.id, order.amount.amount)
        opened.waive_settled([invoice.id])
        note = CreditNote(
            id=_id(invoice, mark.own),
            tenant=tenant,
            invoice_id=invoice.id,
            currency=invoice.currency,
            amount=order.amount.amount,
            reason=ERASED if opened.customer.erasure else order.reason,
            created_at=opened.books.now,
            number=order.number,
            request=mark.request,
        )
        write = creating(note, opened.books.change)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)


def _id(invoice: Invoice, own: str) -> str:
    return ids.child_id(ids.CREDIT_NOTE, invoice.customer_id, own)
