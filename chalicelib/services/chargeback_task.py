"""The task to answer a chargeback: it comes with the chargeback, and goes when that is decided."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import ids
from chalicelib.domain.communication import CHARGEBACK, Task, TaskStatus
from chalicelib.domain.payment import Payment
from chalicelib.domain.provider_facts import Chargeback
from chalicelib.ports.payments import ProviderPayment
from chalicelib.ports.storage import Record, Write
from chalicelib.services.bookkeeping import OpenBooks
from chalicelib.services.common import changing, creating

CLOSED = "charge.dispute.closed"


def chargeback_tasks(
    opened: OpenBooks, known: Payment, fact: ProviderPayment
) -> list[Write[Record]]:
    """Return a write for the task of each chargeback that the fact begins or ends.

    `known` is the payment before the fact. The task stands on the first invoice that the payment
    was for; without any there is none. What is over already asks for none any more.
    """
    return [
        write
        for each in chargebacks_of(fact)
        if each.id not in known.closed_disputes
        for write in _for_one(opened, known, each)
    ]


def chargebacks_of(fact: ProviderPayment) -> tuple[Chargeback, ...]:
    """Return how each dispute stands that the fact names; the one that it is about, last."""
    if fact.dispute is None:
        return ()
    named = {each.id: each for each in fact.chargebacks or ()}
    known = named.pop(fact.dispute, Chargeback(fact.dispute, fact.disputed or 0, is_over=False))
    return (*named.values(), replace(known, is_over=known.is_over or is_closed(fact)))


def is_closed(fact: ProviderPayment) -> bool:
    """Say whether the fact ends the dispute that it is about."""
    return fact.dispute_closed or fact.event_type == CLOSED


def _for_one(opened: OpenBooks, payment: Payment, chargeback: Chargeback) -> list[Write[Record]]:
    own = ids.steady(payment.id, chargeback.id)
    identifier = ids.child_id(ids.TASK, payment.customer_id, own)
    known = opened.ports.ledger.task(payment.tenant, identifier)
    if known and known.status is TaskStatus.OPEN and chargeback.is_over:
        outcome = "lost" if chargeback.held else "won"
        now = opened.books.now
        done = replace(known, status=TaskStatus.DONE, outcome=outcome, done_at=now)
        return [changing(known, done, opened.books.change)]
    is_new = known is None and chargeback.held and not chargeback.is_over
    return _task(opened, payment, identifier) if is_new else []


def _task(opened: OpenBooks, payment: Payment, identifier: str) -> list[Write[Record]]:
    paid = tuple(allocation.invoice_id for allocation in payment.allocations)
    return [
        creating(
            Task(
                id=identifier,
                tenant=payment.tenant,
                customer_id=payment.customer_id,
                case_id=ids.sibling(invoice_id, ids.CASE),
                step=CHARGEBACK,
                do="investigate",
                reason="The customer's bank took the payment back; answer the chargeback.",
                created_at=opened.books.now,
            ),
            opened.books.change,
        )
        for invoice_id in (*payment.named, *paid)[:1]
    ]
