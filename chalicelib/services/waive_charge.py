"""Waive a charge, or part of it, with a reason: a negative charge stands beside it then."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import ids
from chalicelib.domain.charge import Charge, ChargeKind, Waived, waived_of
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import (
    AmountTooLargeError,
    InvoiceNotOpenError,
    NothingToChargeError,
)
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import creating, load_charge, retrying
from chalicelib.services.once import Mark, made_by, own_mark


@dataclass(frozen=True, slots=True)
class NewWaiver:
    """What is waived, why, and how much of it in minor units (None: all that is left)."""

    charge_id: str
    reason: str
    amount: int | None = None


def waive_charge(
    ports: Ports, tenant: Tenant, change: Change, order: NewWaiver, *, once: Mark | None = None
) -> Charge:
    """Store a waiver; nothing left of the invoice closes the case. Only what is still owed goes.

    Raises NotFoundError, IdempotencyKeyReusedError, InvoiceNotOpenError, AmountTooLargeError, and
    NothingToChargeError for what is a waiver itself, waived, or paid.
    """
    mark = once or own_mark(ports)

    def attempt() -> Charge:
        charge = load_charge(ports, tenant, order.charge_id)
        customer_id = ids.owner_of(charge.id)
        own_id = ids.child_id(ids.CHARGE, customer_id, mark.own)
        if known := ports.ledger.charge(tenant, own_id):
            return made_by(mark, known)
        opened = open_books(ports, tenant, change, customer_id)
        invoice = opened.invoice(charge.invoice_id)
        if not invoice.is_open:
            raise InvoiceNotOpenError(f"The invoice is {invoice.status}.")
        left = charge.amount - waived_of(ports.ledger.charges_of(tenant, customer_id), charge.id)
        left = min(left, invoice.open_charges)
        if left <= 0:
            raise NothingToChargeError("Nothing of it is owed.")
        amount = left if order.amount is None else order.amount
        if amount > left:
            raise AmountTooLargeError(f"Only {left} of the charge are owed.")
        opened.books.charge(invoice.id, -amount)
        waiver = Charge(
            id=own_id,
            tenant=tenant,
            invoice_id=invoice.id,
            kind=ChargeKind.WAIVER,
            currency=invoice.currency,
            amount=-amount,
            created_at=opened.books.now,
            reason=ERASED if opened.customer.erasure else order.reason,
            waives=(Waived(charge.id, amount),),
            request=mark.request,
        )
        write = creating(waiver, opened.books.change)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)
