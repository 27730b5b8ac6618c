"""What is confirmed to a customer, read from the record in which it stands.

It is read when the message is made, so what is over by then isn't told as if it still stood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.case import PauseKind
from chalicelib.domain.confirmation import Agreed, Agreement
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import CREDITS, DisputeStatus
from chalicelib.domain.money import Money
from chalicelib.ports.all import Ports

PROMISED = "promise_confirmed"
PLANNED = "plan_confirmed"
HELD = "hold_confirmed"
DISPUTED = "dispute_confirmed"
CREDITED = "dispute_credited"
ASKED_AGAIN = "dispute_closed"

Read = Callable[[Ports, Customer, str, datetime], Agreement | None]


def agreement_of(ports: Ports, customer: Customer, about: str, now: datetime) -> Agreement | None:
    """Return what was agreed by a record; None where it no longer stands."""
    return AGREEMENTS[about.partition("_")[0]](ports, customer, about, now)


def _promised(ports: Ports, customer: Customer, about: str, _now: datetime) -> Agreement | None:
    promise = ports.ledger.promise(customer.tenant, about)
    if promise is None or not promise.is_open:
        return None
    lines = tuple(Agreed(each.day, Money(each.amount, promise.currency)) for each in promise.dates)
    return Agreement(PROMISED, promise.invoices, lines)


def _planned(ports: Ports, customer: Customer, about: str, _now: datetime) -> Agreement | None:
    plan = ports.ledger.payment_plan(customer.tenant, about)
    if plan is None or not plan.is_open:
        return None
    of = plan.currency
    lines = tuple(Agreed(each.day, Money(each.amount, of)) for each in plan.instalments)
    return Agreement(PLANNED, plan.invoices, lines)


def _held(ports: Ports, customer: Customer, about: str, now: datetime) -> Agreement | None:
    """Return until the end of which day a case is held back; a hold without end isn't told."""
    case = ports.ledger.case(customer.tenant, about)
    holds = [each for each in case.pauses if each.kind is PauseKind.HOLD] if case else []
    if case is None or not (case.is_open and holds and holds[0].until and holds[0].covers(now)):
        return None
    last = customer.calendar.date_of(holds[0].until - timedelta(microseconds=1))
    return Agreement(HELD, (case.invoice_id,), (Agreed(last, case.asked_at(now)),))


def _disputed(ports: Ports, customer: Customer, about: str, now: datetime) -> Agreement | None:
    """Return what is set aside until when, or how it was decided: what was credited that day, or is
    asked for again."""
    dispute = ports.ledger.dispute(customer.tenant, about)
    invoice = ports.ledger.invoice(customer.tenant, dispute.invoice_id) if dispute else None
    if dispute is None or invoice is None:
        return None
    about_it, part = (invoice.id,), Money(dispute.part_of(invoice.remaining), dispute.currency)
    if dispute.is_open and part:
        return Agreement(DISPUTED, about_it, (Agreed(dispute.deadline, part),))
    if dispute.status is not DisputeStatus.RESOLVED:
        return None
    today = customer.calendar.date_of(dispute.ended_at or now)
    if dispute.outcome in CREDITS:
        credited = Money(dispute.credited, dispute.currency)
        return Agreement(CREDITED, about_it, (Agreed(today, credited),))
    return Agreement(ASKED_AGAIN, about_it, (Agreed(today, part),)) if part else None


AGREEMENTS: dict[str, Read] = {
    ids.PROMISE: _promised,
    ids.PAYMENT_PLAN: _planned,
    ids.CASE: _held,
    ids.DISPUTE: _disputed,
}
"""How what was agreed is read, by the kind of record. Whatever else is agreed joins in here."""
