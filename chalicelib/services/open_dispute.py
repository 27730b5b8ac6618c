"""Set aside what a customer disputes of an invoice, or left unpaid with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.dispute import (
    AtDeadline,
    Dispute,
    DisputeKind,
    DisputeReason,
    with_pause,
)
from chalicelib.domain.errors import (
    AmountTooLargeError,
    DisputeAlreadyOpenError,
    InvoiceNotOpenError,
    NothingPaidError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.common import (
    creating,
    load_creditor,
    load_invoice,
    retrying,
    same_currency,
)
from chalicelib.services.confirm import ask_for_confirmation
from chalicelib.services.disputing import check_deadline
from chalicelib.services.once import Mark, made_by, own_mark


@dataclass(frozen=True, slots=True)
class NewDispute:
    """What is disputed, why, and who said so where. Without `amount`: all that remains; without
    `deadline`: as many days as the creditor gives itself. `confirm`: the customer is told."""

    invoice_id: str
    reason: DisputeReason
    source: str
    kind: DisputeKind = DisputeKind.DISPUTE
    amount: Money | None = None
    words: str | None = None
    assignee: str | None = None
    deadline: date | None = None
    at_deadline: AtDeadline = AtDeadline.RESUME
    confirm: bool = False


def open_dispute(
    ports: Ports, tenant: Tenant, change: Change, order: NewDispute, *, once: Mark | None = None
) -> Dispute:
    """Store a dispute and set its amount aside in the same write; an invoice has one at a time.

    With `once`, the same request makes one dispute however often it comes. Raises NotFoundError,
    IdempotencyKeyReusedError, InvoiceNotOpenError, DisputeAlreadyOpenError, AmountTooLargeError,
    NothingPaidError for a deduction from nothing, InvalidError for another currency or a deadline
    that isn't possible.
    """
    mark = once or own_mark(ports)

    def attempt() -> Dispute:
        invoice = load_invoice(ports, tenant, order.invoice_id)
        identifier = ids.child_id(ids.DISPUTE, invoice.customer_id, mark.own)
        if known := ports.ledger.dispute(tenant, identifier):
            return made_by(mark, known)
        opened = open_books(ports, tenant, change, invoice.customer_id)
        invoice = opened.invoice(invoice.id)
        _check(order, invoice, opened)
        new = replace(_dispute(ports, order, invoice, opened), id=identifier, request=mark.request)
        case = opened.books.cases[invoice.id]
        calendar = opened.customer.calendar
        opened.books.cases[invoice.id] = with_pause(case, new, calendar)
        if order.confirm:
            ask_for_confirmation(opened, new.id, invoice.id)
        write = creating(new, opened.books.change)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)


def _check(order: NewDispute, invoice: Invoice, opened: OpenBooks) -> None:
    if order.amount:
        same_currency(order.amount.currency.code, invoice.currency.code)
    if not invoice.is_open:
        raise InvoiceNotOpenError(f"The invoice is {invoice.status}.")
    if known := opened.books.cases[invoice.id].disputes:
        raise DisputeAlreadyOpenError(f"{known[0].reference} is open on the invoice.")
    if order.amount and order.amount.amount > invoice.remaining:
        raise AmountTooLargeError(f"Only {invoice.remaining} remain on the invoice.")
    if order.kind is DisputeKind.DEDUCTION and not invoice.paid:
        raise NothingPaidError("Nothing of the invoice is paid, so nothing was deducted.")


def _dispute(ports: Ports, order: NewDispute, invoice: Invoice, opened: OpenBooks) -> Dispute:
    now = opened.books.now
    today = opened.customer.calendar.date_of(now)
    creditor = load_creditor(ports, invoice.tenant.creditor_id)
    deadline = order.deadline or today + timedelta(days=creditor.dispute_days)
    check_deadline(deadline, today)
    is_erased = opened.customer.erasure is not None
    rest = invoice.remaining if order.kind is DisputeKind.DEDUCTION else None
    return Dispute(
        id="",
        tenant=invoice.tenant,
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        currency=invoice.currency,
        reason=order.reason,
        deadline=deadline,
        created_at=now,
        source=order.source,
        kind=order.kind,
        amount=order.amount.amount if order.amount else rest,
        words=ERASED if is_erased and order.words else order.words,
        assignee=None if is_erased else order.assignee,
        at_deadline=order.at_deadline,
    )
