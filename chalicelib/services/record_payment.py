"""Record money that came outside Stripe: the named invoice first, then the oldest due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method, Payment
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import apply_rest, open_books
from chalicelib.services.common import (
    creating,
    load_invoice,
    new_part,
    retrying,
    same_currency,
)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment as the creditor's books know it. `paid_at` is UTC."""

    invoice_id: str
    amount: Money
    paid_at: datetime
    method: Method
    reference: str | None = None


def record_payment(ports: Ports, tenant: Tenant, change: Change, order: NewPayment) -> Payment:
    """Store a payment with its allocations; what is paid in full is closed in the same write.

    More than the invoice needs pays the customer's oldest other invoices of the currency, and
    the rest becomes credit. Raises NotFoundError, InvalidError for another currency.
    """

    def attempt() -> Payment:
        invoice = load_invoice(ports, tenant, order.invoice_id)
        same_currency(order.amount.currency.code, invoice.currency.code)
        opened = open_books(ports, tenant, change, invoice.customer_id)
        now = opened.books.now
        payment = Payment(
            id=ids.child_id(ids.PAYMENT, invoice.customer_id, new_part(ports, now)),
            tenant=tenant,
            customer_id=invoice.customer_id,
            currency=order.amount.currency,
            amount=order.amount.amount,
            method=order.method,
            paid_at=order.paid_at,
            created_at=now,
            named=(invoice.id,),
            reference=order.reference,
        )
        write = creating(opened.post(None, payment), opened.books.change)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return apply_rest(ports, change, retrying(attempt))
