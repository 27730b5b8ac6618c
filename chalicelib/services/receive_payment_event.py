"""Apply what the payment provider says of a payment, whenever and however often it says it.

The payment's id is made from the provider's reference, so the same payment is never created
twice. Its state comes from the provider's objects and their time, not from the order in which
events arrive; each event's id is kept on the payment and counts once.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain import ids
from chalicelib.domain.allocation import MOST_AT_ONCE, allocate
from chalicelib.domain.case import CaseStatus, Pause, PauseKind
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Change
from chalicelib.domain.payment import Method, Payment, PaymentStatus
from chalicelib.domain.provider_facts import PaymentFact, merged
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderPayment
from chalicelib.ports.storage import Record, Write
from chalicelib.services.bookkeeping import (
    OpenBooks,
    apply_rest,
    open_books,
    spend_credit,
    without_pauses,
)
from chalicelib.services.common import changing, creating, new_part, retrying

PROCESSING_AT_MOST = timedelta(days=14)
"""Bank debits settle within 14 business days; a debit silent for longer no longer holds back."""


def apply_provider_payment(ports: Ports, fact: ProviderPayment) -> None:
    """Bring payment, invoices, cases and customer in line with the fact, in one transaction."""
    payment = retrying(lambda: _attempt(ports, fact))
    apply_rest(ports, payment.change, payment)
    if fact.refunded or fact.disputed:
        spend_credit(ports, fact.tenant, payment.change, fact.customer_id, payment.currency)


def is_known(ports: Ports, fact: ProviderPayment) -> bool:
    """Say whether the payment already stands as the fact says."""
    payment = ports.ledger.payment(
        fact.tenant, payment_id(fact.customer_id, fact.provider_reference)
    )
    return payment is not None and (
        fact.event_id in payment.provider_events
        or (fact.state is not None and payment.status.value == fact.state.value)
    )


def payment_id(customer_id: str, provider_reference: str) -> str:
    """Return the id of a provider's payment: 80 bits of its reference's SHA-256."""
    digest = hashlib.sha256(provider_reference.encode()).digest()
    return ids.child_id(
        ids.PAYMENT, customer_id, ids.encode(int.from_bytes(digest[:10], "big"), ids.PART)
    )


def _attempt(ports: Ports, fact: ProviderPayment) -> Payment:
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    before = ports.ledger.payment(fact.tenant, identifier)
    if before and fact.event_id in before.provider_events:
        return before  # its rest may be left to apply, where an earlier run died
    change = Change(by="stripe", why=f"{fact.event_type} {fact.event_id}")
    opened = open_books(ports, fact.tenant, change, fact.customer_id)
    change = opened.books.change
    known = _dated(before or _blank(fact, identifier, opened), fact, opened)
    after = opened.post(before, merged(known, _payment_fact(fact)))
    _hold_while_unclear(opened, after, _concerned(opened, before, after))
    write = changing(before, after, change) if before else creating(after, change)
    writes: list[Write[Record]] = [write]
    if fact.disputed and not (before and before.disputed):
        writes += _chargeback_tasks(ports, opened, known, change)
    ports.ledger.commit([*writes, *opened.close()])
    return write.after


def _payment_fact(fact: ProviderPayment) -> PaymentFact:
    return PaymentFact(
        event_id=fact.event_id,
        at=fact.at,
        amount=fact.amount.amount,
        status=PaymentStatus(fact.state.value) if fact.state else None,
        refunded=fact.refunded,
        about_refund="refund" in fact.event_type,
        dispute=fact.dispute,
        disputed=fact.disputed,
        dispute_closed=fact.event_type == "charge.dispute.closed",
    )


def _blank(fact: ProviderPayment, identifier: str, opened: OpenBooks) -> Payment:
    now = opened.books.now
    return Payment(
        id=identifier,
        tenant=fact.tenant,
        customer_id=fact.customer_id,
        currency=fact.amount.currency,
        amount=fact.amount.amount,
        method=Method(fact.method),
        paid_at=now if opened.customer.test_clock else fact.at,
        created_at=now,
        status=PaymentStatus.PROCESSING,
        named=fact.named,
        provider_reference=fact.provider_reference,
        communication=fact.communication_id,
    )


def _dated(payment: Payment, fact: ProviderPayment, opened: OpenBooks) -> Payment:
    """Date the payment by the earliest word on it, in whatever order they arrive."""
    if opened.customer.test_clock:
        return payment
    return replace(payment, paid_at=min(payment.paid_at, fact.at))


def _concerned(opened: OpenBooks, before: Payment | None, payment: Payment) -> set[str]:
    """Return the invoices that a processing payment will pay, or a disputed one has paid."""
    if payment.status is PaymentStatus.PROCESSING:
        items = opened.books.open_items(payment.currency)
        coming = allocate(payment.amount, items, payment.named)[:MOST_AT_ONCE]
    else:
        coming = before.allocations if before else ()
    return {*payment.named, *(allocation.invoice_id for allocation in coming)}


def _hold_while_unclear(opened: OpenBooks, payment: Payment, concerned: set[str]) -> None:
    """Pause what a processing payment or an open chargeback is about; lift it when settled."""
    books = opened.books
    pause = _pause_for(opened, payment)
    for invoice_id, case in list(books.cases.items()):
        kept = without_pauses(case, payment.id)
        if pause and kept.status is CaseStatus.OPEN and invoice_id in concerned:
            kept = replace(kept, pauses=(*kept.pauses, pause))
        if kept != case:
            books.cases[invoice_id] = kept


def _pause_for(opened: OpenBooks, payment: Payment) -> Pause | None:
    now = opened.books.now
    if payment.status is PaymentStatus.PROCESSING:
        until = now + PROCESSING_AT_MOST
        kind = PauseKind.PAYMENT_PROCESSING
        return Pause(kind, "A payment is processing.", now, until, payment.id)
    if payment.open_disputes:
        return Pause(PauseKind.DISPUTE, "A chargeback is open.", now, None, payment.id)
    return None


def _chargeback_tasks(
    ports: Ports, opened: OpenBooks, payment: Payment, change: Change
) -> list[Write[Record]]:
    """Return the task to answer a chargeback, on the first invoice that the payment was for."""
    paid = tuple(allocation.invoice_id for allocation in payment.allocations)
    return [
        creating(
            Task(
                id=ids.child_id(ids.TASK, payment.customer_id, new_part(ports, opened.books.now)),
                tenant=payment.tenant,
                customer_id=payment.customer_id,
                case_id=ids.sibling(invoice_id, ids.CASE),
                step="chargeback",
                do="investigate",
                reason="The customer's bank took the payment back; answer the chargeback.",
                created_at=opened.books.now,
            ),
            change,
        )
        for invoice_id in (*payment.named, *paid)[:1]
    ]
