"""What lowers an invoice, or is to lower it: payments, credit notes, promises and plans."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.payment import CreditNote, Method, Payment
from chalicelib.domain.payment_plan import Instalment, PaymentPlan
from chalicelib.domain.promise import Covered, Promise, PromisedDate, Source
from tests.builders.basics import EUR, LIVE, customer_id, day, record_id, utc


def a_payment(
    amount: int = 100_00, *, name: str = "P-1", customer: str = "one", **facts: Any
) -> Payment:
    """Return a payment that has arrived and isn't allocated yet."""
    payment = Payment(
        id=record_id(ids.PAYMENT, name, customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        currency=EUR,
        amount=amount,
        method=Method.BANK_TRANSFER,
        paid_at=utc("2026-01-20 10:00"),
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(payment, **facts)


def a_credit_note(
    amount: int = 10_00, *, number: str = "R-1", customer: str = "one", **facts: Any
) -> CreditNote:
    """Return a credit note on the invoice of that number."""
    note = CreditNote(
        id=record_id(ids.CREDIT_NOTE, f"credit of {number}", customer=customer),
        tenant=LIVE,
        invoice_id=record_id(ids.INVOICE, number, customer=customer),
        currency=EUR,
        amount=amount,
        reason="goods returned",
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(note, **facts)


def a_charge(
    amount: int = 5_00, *, number: str = "R-1", customer: str = "one", **facts: Any
) -> Charge:
    """Return a fee on the invoice of that number."""
    charge = Charge(
        id=record_id(ids.CHARGE, f"fee on {number}", customer=customer),
        tenant=LIVE,
        invoice_id=record_id(ids.INVOICE, number, customer=customer),
        kind=ChargeKind.FEE,
        currency=EUR,
        amount=amount,
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(charge, **facts)


def a_promise(
    amount: int = 100_00,
    on: str = "2026-02-10",
    *,
    number: str = "R-1",
    customer: str = "one",
    **facts: Any,
) -> Promise:
    """Return a promise to pay so much of the invoice of that number by a day, taken on 20 January.

    The week of grace ends at midnight in Berlin.
    """
    promise = Promise(
        id=record_id(ids.PROMISE, f"promise of {number}", customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        currency=EUR,
        dates=(PromisedDate(day(on), amount),),
        covered=(Covered(record_id(ids.INVOICE, number, customer=customer), 0, 0),),
        source=Source.PHONE,
        until=utc("2026-02-17 23:00"),
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(promise, **facts)


def a_payment_plan(*, number: str = "R-1", customer: str = "one", **facts: Any) -> PaymentPlan:
    """Return a plan to pay the invoice of that number by two halves, agreed on 20 January."""
    plan = PaymentPlan(
        id=record_id(ids.PAYMENT_PLAN, f"plan of {number}", customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        currency=EUR,
        planned=100_00,
        instalments=tuple(Instalment(day(each), 50_00) for each in ("2026-02-10", "2026-03-10")),
        covered=(Covered(record_id(ids.INVOICE, number, customer=customer), 0, 0),),
        sequence=("seq_instalments", 1),
        until=utc("2026-02-17 23:00"),
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(plan, **facts)
