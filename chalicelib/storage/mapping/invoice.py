"""Invoices."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.money import currency
from chalicelib.storage import keys
from chalicelib.storage.items import InvoiceItem
from chalicelib.storage.mapping.common import change_of, read_version, stamp, write_version


def to_record(invoice: Invoice) -> InvoiceItem:
    """Return the item of an invoice."""
    return InvoiceItem(
        **stamp(invoice, keys.child(invoice.tenant, ids.INVOICE, invoice.id)),
        list_pk=keys.invoices_list(invoice.tenant, invoice.status),
        list_sk=keys.position(ids.INVOICE, invoice.id),
        number=invoice.number,
        currency=invoice.currency.code,
        amount=invoice.amount,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        sequence=write_version(invoice.sequence),
        created_at=invoice.created_at,
        status=invoice.status,
        charges=invoice.charges or None,
        paid=invoice.paid or None,
        credited=invoice.credited or None,
        written_off=invoice.written_off or None,
        lines=invoice.lines or None,
        pdf_url=invoice.pdf_url,
        meta=invoice.metadata or None,
        settled_at=invoice.settled_at,
        days_late=invoice.days_late,
        override=invoice.override,
    )


def from_record(item: InvoiceItem) -> Invoice:
    """Return the invoice of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Invoice(
        id=keys.identifier(ids.INVOICE, item.key),
        tenant=tenant,
        customer_id=customer_id,
        number=item.number,
        currency=currency(item.currency),
        amount=item.amount,
        issue_date=item.issue_date,
        due_date=item.due_date,
        sequence=read_version(item.sequence),
        created_at=item.created_at,
        status=InvoiceStatus(item.status),
        charges=item.charges or 0,
        paid=item.paid or 0,
        credited=item.credited or 0,
        written_off=item.written_off or 0,
        lines=item.lines or (),
        pdf_url=item.pdf_url,
        metadata=item.meta or {},
        settled_at=item.settled_at,
        days_late=item.days_late,
        override=item.override,
        version=item.version,
        change=change_of(item),
    )
