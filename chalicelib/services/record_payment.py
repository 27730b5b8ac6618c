"""Record money that came outside Stripe: the named invoice first, then the oldest due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import FieldError, InvalidError, StaleRecordError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method, Payment
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import (
    load_invoice,
    retrying,
    same_currency,
)
from chalicelib.services.once import Mark, made_by, own_mark
from chalicelib.services.portions import Portion, apply_rest, commit_portion, held_ahead

AHEAD = timedelta(days=1)
"""How far ahead of the present `paid_at` may be: books name days, and days begin in the east."""


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment as the creditor's books know it. `paid_at` is UTC."""

    invoice_id: str
    amount: Money
    paid_at: datetime
    method: Method
    reference: str | None = None


def record_payment(
    ports: Ports, tenant: Tenant, change: Change, order: NewPayment, *, once: Mark | None = None
) -> Payment:
    """Store a payment with its allocations; what is paid in full is closed in the same write.

    More than the invoice needs pays the customer's oldest other invoices of the currency, and
    the rest becomes credit. With `once`, it is recorded once however often the request comes.
    Raises NotFoundError, IdempotencyKeyReusedError, InvalidError for another currency or a payment
    that is still to come.
    """

    mark = once or own_mark(ports)

    def attempt() -> Portion:
        invoice = load_invoice(ports, tenant, order.invoice_id)
        if known := ports.ledger.payment(tenant, _id(invoice, mark.own)):
            return Portion(made_by(mark, known), is_last=False)
        same_currency(order.amount.currency.code, invoice.currency.code)
        opened = open_books(ports, tenant, change, invoice.customer_id)
        now = opened.books.now
        _has_come(order.paid_at, max(now, ports.clock.now()))
        payment = Payment(
            id=_id(invoice, mark.own),
            tenant=tenant,
            customer_id=invoice.customer_id,
            currency=order.amount.currency,
            amount=order.amount.amount,
            method=order.method,
            paid_at=order.paid_at,
            created_at=now,
            named=(invoice.id,),
            reference=None if opened.customer.erasure else order.reference,
            request=mark.request,
        )
        return commit_portion(held_ahead(opened, payment), None, payment)

    portion = retrying(attempt)
    try:
        return apply_rest(ports, change, portion)
    except StaleRecordError:
        return portion.payment  # it is recorded; what couldn't be applied now is credit


def _id(invoice: Invoice, own: str) -> str:
    return ids.child_id(ids.PAYMENT, invoice.customer_id, own)


def _has_come(paid_at: datetime, now: datetime) -> None:
    """Raise InvalidError for money that can't be there yet, by the wall or the test clock."""
    if paid_at > now + AHEAD:
        fault = FieldError("/paid_at", "must not be more than a day in the future")
        raise InvalidError("The payment is still to come.", fields=(fault,))
