"""Invoices, their cases, and what happened to a case so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.case import Case, Claim, CustomerFile, Outcome, Pause, PauseKind, StepResult
from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from tests.builders.basics import EUR, LIVE, customer_id, day, record_id, utc
from tests.builders.parties import a_customer


def an_invoice(
    number: str = "R-1",
    *,
    customer: str = "one",
    due: str | date = "2026-01-15",
    issued: str | date = "2026-01-01",
    **facts: Any,
) -> Invoice:
    """Return an open invoice over €100.00."""
    invoice = Invoice(
        id=record_id(ids.INVOICE, number, customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        number=number,
        currency=EUR,
        amount=100_00,
        issue_date=day(issued),
        due_date=day(due),
        sequence=("seq_1", 1),
        created_at=datetime.combine(day(issued), time(8), tzinfo=UTC),
        version=1,
    )
    return replace(invoice, **facts)


def case_of(invoice: Invoice, **facts: Any) -> Case:
    """Return the case of an invoice, with the invoice's facts."""
    case = Case(
        id=invoice.case_id,
        tenant=invoice.tenant,
        customer_id=invoice.customer_id,
        number=invoice.number,
        currency=invoice.currency,
        amount=invoice.amount,
        remaining=invoice.remaining,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        sequence=invoice.sequence,
        created_at=invoice.created_at,
        version=1,
    )
    return replace(case, **facts)


def a_case(
    number: str = "R-1",
    *,
    customer: str = "one",
    due: str | date = "2026-01-15",
    issued: str | date = "2026-01-01",
    **facts: Any,
) -> Case:
    """Return the open case of an invoice over €100.00, nothing done yet."""
    return case_of(an_invoice(number, customer=customer, due=due, issued=issued), **facts)


def a_file(*cases: Case, customer: Customer | None = None) -> CustomerFile:
    """Return the working file of a customer with these open cases."""
    return CustomerFile(customer or a_customer(), cases)


def a_claim(step: str = "reminder", at: str = "2026-01-16 09:00", **facts: Any) -> Claim:
    """Return a claim on a step for an e-mail."""
    communication = record_id(ids.COMMUNICATION, f"claim {step}")
    claim = Claim(step=step, communication=communication, channel="email", at=utc(at))
    return replace(claim, **facts)


def a_result(
    outcome: Outcome = Outcome.SENT, at: str = "2026-01-16 09:00", **facts: Any
) -> StepResult:
    """Return how a step ended, by default sent by e-mail because it was due."""
    result = StepResult(outcome=outcome, reason="due", at=utc(at), channel="email")
    return replace(result, **facts)


def a_pause(
    kind: PauseKind = PauseKind.HOLD, until: str | None = None, since: str = "2026-01-01"
) -> Pause:
    """Return a pause, by default a hold without end."""
    end = utc(until) if until else None
    return Pause(kind=kind, reason="test", since=utc(since), until=end)
