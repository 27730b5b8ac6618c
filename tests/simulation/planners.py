"""Customers who pay by a plan, and do, or miss, or pay ahead, or agree on another schedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.invoice import Invoice
from tests.simulation.client import Client
from tests.simulation.promisers import How, Promisers, midnight
from tests.simulation.scene import Choice

if TYPE_CHECKING:
    from tests.simulation.life import Life

PAYS = ("in time", "in time", "in time", "a part", "late", "at the last moment", "not")


def a_plan(random: Random) -> dict[str, Choice]:
    """Draw what is agreed, and what becomes of it."""
    return {
        "all": int(random.random() < 0.4),
        "equal": int(random.random() < 0.6),
        "count": random.choice((1, 2, 2, 3, 4)),
        "days": random.randint(0, 9),
        "apart": random.choice((1, 3, 7, 7)),
        "deposit": int(random.random() < 0.3),
        "fee": int(random.random() < 0.3),
        "grace": random.choice((0, 0, 2, 7)),
        "broken_after": random.choice((1, 2, 2, 3)),
        "off_after": random.uniform(0, 10 * 86400) if random.random() < 0.1 else None,
        "anew_after": random.uniform(0, 10 * 86400) if random.random() < 0.2 else None,
    }


class Planners(Promisers):
    """The part of `People` that pays in instalments."""

    _life: Life
    _random: Random
    client: Client

    def plan(self, invoice: Invoice, how: How) -> None:
        """Agree on a plan over an invoice, or over all that is owed in its currency."""
        today = self._today(invoice)
        if today is None:
            return
        about = self._about(invoice) if how["all"] else [invoice]
        owed = sum(each.remaining for each in about)
        document: dict[str, Any] = {
            "invoices": [each.id for each in about],
            "currency": invoice.currency.code,
            "grace_days": how["grace"],
            "broken_after": how["broken_after"],
            **({"fee": 5_00} if how["fee"] else {}),
            **self._schedule(how, today, owed + (5_00 if how["fee"] else 0)),
        }
        told = self.client.post(f"plan {invoice.number} {owed}", "/v1/payment_plans", document)
        if told is None:
            return
        self._pay_by(invoice, told, how)
        path = f"/v1/payment_plans/{told['id']}"
        if (wait := how["off_after"]) is not None:
            self._life.scheduler.after(
                float(wait), partial(self.client.post, f"call off {told['id']}", f"{path}/cancel")
            )
        if (wait := how["anew_after"]) is not None:
            self._life.scheduler.after(float(wait), partial(self._anew, invoice, path, how))

    def _schedule(self, how: How, today: date, owed: int) -> Mapping[str, Any]:
        first = today + timedelta(days=int(how["days"] or 0) + 1)
        count = int(how["count"] or 1)
        if how["equal"]:
            equal = {"first_date": first.isoformat(), "interval": "week", "count": count}
            deposit = {"date": today.isoformat(), "amount": max(1, owed // 5)}
            return {"equal_instalments": equal} | ({"deposit": deposit} if how["deposit"] else {})
        shares = [owed // count] * (count - 1) + [owed - owed // count * (count - 1)]
        days = (first + timedelta(days=place * int(how["apart"] or 1)) for place in range(count))
        return {
            "instalments": [
                {"date": day.isoformat(), "amount": max(1, share)}
                for day, share in zip(days, shares, strict=True)
            ]
        }

    def _pay_by(self, invoice: Invoice, told: Any, how: How) -> None:
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        assert customer is not None
        for each in told["instalments"]:
            day = date.fromisoformat(each["date"])
            deadline = midnight(customer, day, int(how["grace"] or 0))
            pays = {**how, "pays": self._random.choice(PAYS)}
            self._keep(invoice, pays, each["amount"], deadline)

    def _anew(self, invoice: Invoice, path: str, how: How) -> None:
        """Agree on another schedule for what is left."""
        today = self._today(invoice)
        if today is None:
            return
        first = today + timedelta(days=int(how["days"] or 0))
        equal = {"first_date": first.isoformat(), "interval": "week", "count": 2}
        document = {"equal_instalments": equal}
        told = self.client.post(f"another plan {invoice.number}", f"{path}/replan", document)
        if told is not None:
            self._pay_by(invoice, told, how)

    def _today(self, invoice: Invoice) -> date | None:
        life = self._life
        customer = life.ledger.customer(invoice.tenant, invoice.customer_id)
        if customer is None:
            return None
        clock = customer.test_clock and life.ledger.test_clock(invoice.tenant, customer.test_clock)
        now: datetime = clock.now if clock else life.scheduler.now()
        return customer.calendar.date_of(now)
