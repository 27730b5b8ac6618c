"""Which events a change of an invoice, a payment, a credit note, a charge or a promise is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment import CreditNote, Payment, PaymentStatus
from chalicelib.domain.promise import Promise

Named = Iterator[tuple[str, dict[str, Any]]]


def invoice(before: Invoice | None, after: Invoice) -> Named:
    """Yield what became of an invoice."""
    data = {"number": after.number, **_amount(after), "amount_remaining": after.remaining}
    if before is None:
        yield "invoice.created", data
    if before and before.paid != after.paid:
        applied = {"amount_applied": after.paid - before.paid, "amount_paid": after.paid}
        yield "invoice.payment_applied", {**data, **applied}
    if before and before.credited != after.credited:
        yield "invoice.credited", {**data, "amount_credited": after.credited}
    old = before.status if before else InvoiceStatus.OPEN
    if old is not after.status:
        reopened = after.status is InvoiceStatus.OPEN
        yield f"invoice.{'reopened' if reopened else after.status.value}", data


def payment(before: Payment | None, after: Payment) -> Named:
    """Yield what became of a payment."""
    data = {**_amount(after), "method": after.method.value, "status": after.status.value}
    if before is None or before.status is not after.status:
        named = {PaymentStatus.SUCCEEDED: "recorded"}.get(after.status, after.status.value)
        yield f"payment.{named}", {**data, "allocations": _allocations(after)}
    if (before.refunded if before else 0) != after.refunded:
        yield "payment.refunded", {**data, "amount_refunded": after.refunded}
    if (before.disputed if before else 0) != after.disputed:
        yield "payment.disputed", {**data, "amount_disputed": after.disputed}


def credit_note(after: CreditNote) -> Named:
    """Yield that a credit note was issued."""
    yield "credit_note.issued", {"invoice": after.invoice_id, **_amount(after)}


def charge(after: Charge) -> Named:
    """Yield that something was charged on an invoice, or waived of that."""
    data: dict[str, Any] = {"invoice": after.invoice_id, **_amount(after)}
    if after.kind is ChargeKind.WAIVER:
        waived = [{"charge": each.charge_id, "amount": each.amount} for each in after.waives]
        yield "charge.waived", {**data, "amount": -after.amount, "waives": waived}
    else:
        yield "charge.added", {**data, "kind": after.kind.value}


def promise(before: Promise | None, after: Promise) -> Named:
    """Yield what became of a promise."""
    data = {
        **_amount(after),
        "invoices": list(after.invoices),
        "dates": [{"date": each.day.isoformat(), "amount": each.amount} for each in after.dates],
    }
    if before is None:
        yield "promise.made", data
        return
    told = {**data, "amount_received": after.received, "dates_kept": after.kept}
    if before.status is not after.status:
        yield f"promise.{after.status.value}", {**told, "ended_by": after.ended_by}
    elif before.kept != after.kept:
        yield "promise.date_kept", told


def _allocations(payment: Payment) -> list[dict[str, Any]]:
    return [{"invoice": each.invoice_id, "amount": each.amount} for each in payment.allocations]


def _amount(of: Invoice | Payment | CreditNote | Charge | Promise) -> dict[str, Any]:
    return {"amount": of.amount, "currency": of.currency.code}
