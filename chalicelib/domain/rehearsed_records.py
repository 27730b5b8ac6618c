"""The records of a preview: nobody's, but like those of production."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.address import PostalAddress
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Method, Payment
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Mode, Tenant

if TYPE_CHECKING:
    from chalicelib.domain.rehearsal import PreviewInvoice

_TENANT = Tenant("cr_preview", Mode.TEST)


def imagined_customer(calendar: LocalCalendar, start: datetime) -> Customer:
    """Return somebody who can be reached and lives by that calendar."""
    return Customer(
        id=ids.customer_id(ids.encode(0, ids.PART)),
        tenant=_TENANT,
        name="preview",
        country=calendar.country or "",
        locale="en",
        timezone=calendar.timezone,
        created_at=start,
        email="preview@example.invalid",
        phone="+10000000000",
        address=PostalAddress(("preview",), "preview", calendar.country or ""),
    )


def imagined_invoice(
    wanted: PreviewInvoice, index: int, sequence: Sequence, start: datetime
) -> Invoice:
    """Return their invoice of that index."""
    customer = ids.customer_id(ids.encode(0, ids.PART))
    return Invoice(
        id=ids.child_id(ids.INVOICE, customer, ids.encode(index, ids.PART)),
        tenant=_TENANT,
        customer_id=customer,
        number=wanted.number,
        currency=wanted.amount.currency,
        amount=wanted.amount.amount,
        issue_date=wanted.issue_date,
        due_date=wanted.due_date,
        sequence=(sequence.id, sequence.version),
        created_at=start,
    )


def imagined_payment(invoice: Invoice, amount: int, at: datetime, *, index: int) -> Payment:
    """Return a payment of so many minor units, made for an invoice."""
    return Payment(
        id=ids.child_id(ids.PAYMENT, invoice.customer_id, ids.encode(index, ids.PART)),
        tenant=_TENANT,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        amount=amount,
        method=Method.OTHER,
        paid_at=at,
        created_at=at,
        named=(invoice.id,),
    )
