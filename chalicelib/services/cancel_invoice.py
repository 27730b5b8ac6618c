"""Take an invoice back: void it (it should never have been asked for) or write the rest off."""

from __future__ import annotations

from chalicelib.domain.books import Books
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import InvoiceHasPaymentsError, InvoiceNotOpenError
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import load_invoice, retrying


def void_invoice(ports: Ports, tenant: Tenant, change: Change, invoice_id: str) -> Invoice:
    """Cancel an unpaid invoice in full and close its case. Voiding a void one changes nothing.

    Raises NotFoundError, InvoiceNotOpenError, InvoiceHasPaymentsError.
    """
    return _cancel(ports, tenant, change, invoice_id, InvoiceStatus.VOID)


def write_off_invoice(ports: Ports, tenant: Tenant, change: Change, invoice_id: str) -> Invoice:
    """Give up what is left of an invoice and close its case. Doing it again changes nothing.

    Raises NotFoundError, InvoiceNotOpenError.
    """
    return _cancel(ports, tenant, change, invoice_id, InvoiceStatus.WRITTEN_OFF)


def _cancel(
    ports: Ports, tenant: Tenant, change: Change, invoice_id: str, status: InvoiceStatus
) -> Invoice:
    def attempt() -> Invoice:
        owner = load_invoice(ports, tenant, invoice_id).customer_id
        opened = open_books(ports, tenant, change, owner)
        invoice = opened.invoice(invoice_id)
        if invoice.status is status:
            return invoice
        if not invoice.is_open:
            raise InvoiceNotOpenError(f"The invoice is {invoice.status}.")
        if status is InvoiceStatus.VOID and invoice.paid:
            raise InvoiceHasPaymentsError(
                "Part of the invoice is paid; credit the rest, or write it off."
            )
        _apply(opened.books, invoice_id, status)
        writes = opened.close()
        ports.ledger.commit(writes)
        return next(write.after for write in writes if isinstance(write.after, Invoice))

    return retrying(attempt)


def _apply(books: Books, invoice_id: str, status: InvoiceStatus) -> None:
    if status is InvoiceStatus.VOID:
        books.void(invoice_id)
    else:
        books.write_off(invoice_id)
