"""What a promise to pay costs: taken, kept in the payment's transaction, broken on its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.promise import PromisedDate, Source
from chalicelib.ports.storage import Cursor, Write
from chalicelib.services.judge_overdue import judge_overdue
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.take_promise import NewPromise, take_promise
from tests.builders import LIVE, a_promise, an_invoice
from tests.integration.metered_plans import plans
from tests.world import BILLING, somebody

if TYPE_CHECKING:
    from tests.integration.metered import Metered, Units


def promises(metered: Metered) -> dict[str, Units]:
    """Return the units of a promise about one invoice, of each way to read promises, and of plans,
    which are judged with them."""
    return {**_use_cases(metered), **_patterns(metered), **plans(metered)}


def _use_cases(metered: Metered) -> dict[str, Units]:
    ports, found = metered.ports, {}
    now = metered.world.clock.now()
    for number, end in (("M-1", "kept"), ("M-2", "broken")):
        order = NewInvoice(
            number=number,
            customer=somebody(f"promises {end}"),
            currency=an_invoice().currency,
            amount=100_00,
            issue_date=now.date(),
            due_date=now.date(),
            metadata={"contract": "C-2025-0815"},
        )
        invoice = post_invoice(ports, LIVE, BILLING, order).invoice
        promised = NewPromise(
            invoices=(invoice.id,),
            currency=invoice.currency,
            dates=(PromisedDate(now.date() + timedelta(days=9), 100_00),),
            grace_days=7,
            source=Source.PHONE,
        )
        take: Callable[[], Any] = lambda order=promised: take_promise(ports, LIVE, BILLING, order)  # noqa: E731 - one of each
        found["take a promise"] = metered.used(f"promise {end}", take)
        file = metered.ledger.file(LIVE, invoice.customer_id)
        if end == "kept":
            paid = NewPayment(invoice.id, Money(100_00, invoice.currency), now, Method.CASH)
            found["record the payment that keeps it"] = metered.used(
                end, lambda order=paid: record_payment(ports, LIVE, BILLING, order)
            )
        else:
            metered.world.clock.advance(days=20)
            found["find it broken"] = metered.used(
                end, lambda before=file: judge_overdue(ports, before)
            )
    return found


def _patterns(metered: Metered) -> dict[str, Units]:
    ledger, ten, promise = metered.ledger, Cursor(10), a_promise(customer="stored 0")
    ledger.commit([Write(None, promise)])
    of = {"customer_id": promise.customer_id}
    calls: dict[str, Callable[[], Any]] = {
        "promise by id": lambda: ledger.promise(LIVE, promise.id),
        "ten broken promises": lambda: ledger.promises_page(LIVE, ten, status="broken"),
        "promises of a customer": lambda: ledger.promises_page(LIVE, ten, **of),
    }
    return {name: metered.used(name, call) for name, call in calls.items()}
