"""Charge a fee, interest or the compensation on an invoice that is late, beside the invoice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.case import PauseKind
from chalicelib.domain.charge import Charge
from chalicelib.domain.charging import Debt, Demand, FeeDemand, draw_up
from chalicelib.domain.customer import CustomerKind
from chalicelib.domain.errors import InvoiceDisputedError, InvoiceNotOpenError
from chalicelib.domain.privacy import ERASED
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import (
    creating,
    load_creditor,
    load_invoice,
    retrying,
    same_currency,
)
from chalicelib.services.once import Mark, made_by, own_mark

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.case import Case
    from chalicelib.domain.customer import Change, Customer
    from chalicelib.domain.invoice import Invoice
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.all import Ports
    from chalicelib.services.bookkeeping import OpenBooks


@dataclass(frozen=True, slots=True)
class NewCharge:
    """What is charged on which invoice, and the caller's reason, if any. `currency` is the code of
    a fixed amount's, `step` the key of the sequence's step that charges."""

    invoice_id: str
    demand: Demand
    reason: str | None = None
    currency: str | None = None
    step: str | None = None


def add_charge(
    ports: Ports, tenant: Tenant, change: Change, order: NewCharge, *, once: Mark | None = None
) -> Charge:
    """Store a charge; invoice, case and balance ask for it in the same write.

    With `once`, the same request makes one charge however often it comes. Raises NotFoundError,
    IdempotencyKeyReusedError, InvoiceNotOpenError, InvoiceDisputedError, and what `draw_up` raises.
    """
    mark = once or own_mark(ports)

    def attempt() -> Charge:
        invoice = load_invoice(ports, tenant, order.invoice_id)
        if known := ports.ledger.charge(tenant, _id(invoice, mark.own)):
            return made_by(mark, known)
        if order.currency and isinstance(order.demand, FeeDemand):
            same_currency(order.currency, invoice.currency.code)
        opened = open_books(ports, tenant, change, invoice.customer_id)
        charge = charge_on(opened, order, mark)
        write = creating(charge, opened.books.change)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)


def charge_on(opened: OpenBooks, order: NewCharge, mark: Mark) -> Charge:
    """Charge in open books, and return the charge to store with them. Raises as `add_charge`."""
    invoice = opened.invoice(order.invoice_id)
    now = opened.books.now
    if not invoice.is_open:
        raise InvoiceNotOpenError(f"The invoice is {invoice.status}.")
    disputed = _disputed(opened.books.cases[invoice.id], now)
    drawn = draw_up(order.demand, replace(debt_of(opened, invoice), disputed=disputed))
    opened.books.charge(invoice.id, drawn.amount)
    return Charge(
        id=_id(invoice, mark.own),
        tenant=invoice.tenant,
        invoice_id=invoice.id,
        kind=drawn.kind,
        currency=invoice.currency,
        amount=drawn.amount,
        created_at=now,
        reason=ERASED if order.reason and opened.customer.erasure else order.reason,
        basis=drawn.basis,
        step=order.step,
        request=mark.request,
    )


def _disputed(case: Case, now: datetime) -> int:
    """Return which part of an invoice is disputed. Raises InvoiceDisputedError where all is."""
    disputes = [each for each in case.pauses if each.kind is PauseKind.DISPUTE and each.covers(now)]
    part = sum(each.amount or 0 for each in disputes)
    if part >= case.remaining or any(each.amount is None for each in disputes):
        raise InvoiceDisputedError("The invoice is disputed.")
    return part


def debt_of(opened: OpenBooks, invoice: Invoice) -> Debt:
    """Return an invoice as charges see it.

    Raises WriteConflictError where its payments or charges were changed in between.
    """
    ports, customer = opened.ports, opened.customer
    creditor = load_creditor(ports, customer.tenant.creditor_id)
    all_of_them = ports.ledger.charges_of(customer.tenant, customer.id)
    charges = tuple(each for each in all_of_them if each.invoice_id == invoice.id)
    paid = _paid(ports, customer, invoice)
    if sum(amount for _, amount in paid) != invoice.paid:
        raise WriteConflictError(f"{invoice.id} was paid in between")
    if sum(each.amount for each in charges) != invoice.charges:
        raise WriteConflictError(f"{invoice.id} was charged in between")
    return Debt(
        invoice=invoice,
        paid=paid,
        charges=charges,
        today=customer.calendar.date_of(opened.books.now),
        seller=creditor.country,
        is_consumer=customer.kind is CustomerKind.CONSUMER,
        policy=creditor.late_payment,
    )


def _paid(ports: Ports, customer: Customer, invoice: Invoice) -> tuple[tuple[date, int], ...]:
    """Return what was paid on an invoice, by the local date on which it came."""
    if not invoice.paid:
        return ()
    return tuple(
        (customer.calendar.date_of(payment.paid_at), allocation.amount)
        for payment in ports.ledger.payments_of(customer.tenant, customer.id)
        for allocation in payment.allocations
        if allocation.invoice_id == invoice.id
    )


def _id(invoice: Invoice, own: str) -> str:
    return ids.child_id(ids.CHARGE, invoice.customer_id, own)
