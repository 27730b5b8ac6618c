"""What a payment plan costs: agreed on, an instalment paid, one missed, and found broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.payment_plan import Instalment
from chalicelib.ports.storage import Cursor, Write
from chalicelib.services.judge_overdue import judge_overdue
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.take_plan import NewPlan, take_plan
from tests.builders import LIVE, a_payment_plan, an_invoice
from tests.world import BILLING, somebody

if TYPE_CHECKING:
    from tests.integration.metered import Metered, Units


def plans(metered: Metered) -> dict[str, Units]:
    """Return the units of a plan over one invoice, and of each way to read plans."""
    return {**_use_cases(metered), **_patterns(metered)}


def _use_cases(metered: Metered) -> dict[str, Units]:
    ports, now = metered.ports, metered.world.clock.now()
    order = NewInvoice(
        number="M-3",
        customer=somebody("plans"),
        currency=an_invoice().currency,
        amount=100_00,
        issue_date=now.date(),
        due_date=now.date(),
        metadata={"contract": "C-2025-0815"},
    )
    invoice = post_invoice(ports, LIVE, BILLING, order).invoice
    days = (now.date() + timedelta(days=ahead) for ahead in (9, 30, 51, 72))
    planned = NewPlan(
        invoices=(invoice.id,),
        currency=invoice.currency,
        instalments=tuple(Instalment(day, 25_00) for day in days),
        grace_days=7,
        broken_after=2,
    )
    paid = NewPayment(invoice.id, Money(25_00, invoice.currency), now, Method.CASH)
    found = {
        "agree on a plan": metered.used("plan", lambda: take_plan(ports, LIVE, BILLING, planned)),
        "record the payment of an instalment": metered.used(
            "instalment", lambda: record_payment(ports, LIVE, BILLING, paid)
        ),
    }
    for name in ("find an instalment missed", "find a plan broken"):
        metered.world.clock.advance(days=38 if name.endswith("missed") else 21)
        file = metered.ledger.file(LIVE, invoice.customer_id)
        found[name] = metered.used(name, lambda before=file: judge_overdue(ports, before))
    return found


def _patterns(metered: Metered) -> dict[str, Units]:
    ledger, ten, plan = metered.ledger, Cursor(10), a_payment_plan(customer="stored 0")
    ledger.commit([Write(None, plan)])
    of = {"customer_id": plan.customer_id}
    calls: dict[str, Callable[[], Any]] = {
        "payment plan by id": lambda: ledger.payment_plan(LIVE, plan.id),
        "ten broken payment plans": lambda: ledger.payment_plans_page(LIVE, ten, status="broken"),
        "payment plans of a customer": lambda: ledger.payment_plans_page(LIVE, ten, **of),
    }
    return {name: metered.used(name, call) for name, call in calls.items()}
