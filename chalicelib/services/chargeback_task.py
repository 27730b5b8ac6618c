"""The task to answer a chargeback: it comes with the chargeback, and goes when that is decided."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import ids
from chalicelib.domain.communication import CHARGEBACK, Task, TaskStatus
from chalicelib.domain.payment import Payment
from chalicelib.ports.payments import ProviderPayment
from chalicelib.ports.storage import Record, Write
from chalicelib.services.bookkeeping import OpenBooks
from chalicelib.services.common import changing, creating

CLOSED = "charge.dispute.closed"


def chargeback_tasks(
    opened: OpenBooks, before: Payment | None, payment: Payment, fact: ProviderPayment
) -> list[Write[Record]]:
    """Return the task's write, if the fact begins or ends a chargeback of the payment.

    The task stands on the first invoice that the payment was for; without any there is none.
    """
    if fact.dispute is None:
        return []
    own = ids.steady(payment.id, fact.dispute)
    identifier = ids.child_id(ids.TASK, payment.customer_id, own)
    known = opened.ports.ledger.task(payment.tenant, identifier)
    if known and known.status is TaskStatus.OPEN and is_closed(fact):
        outcome = "lost" if fact.disputed else "won"
        now = opened.books.now
        done = replace(known, status=TaskStatus.DONE, outcome=outcome, done_at=now)
        return [changing(known, done, opened.books.change)]
    is_over = is_closed(fact) or fact.dispute in payment.closed_disputes
    is_new = fact.disputed and not is_over and not (before and before.disputed)
    return _task(opened, payment, identifier) if is_new and known is None else []


def is_closed(fact: ProviderPayment) -> bool:
    """Say whether the fact ends the dispute that it is about."""
    return fact.dispute_closed or fact.event_type == CLOSED


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
