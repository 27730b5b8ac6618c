"""Customers who promise to pay, and do, or don't, or pay too late, or think better of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from tests.simulation.client import Client
from tests.simulation.scene import Choice

if TYPE_CHECKING:
    from tests.simulation.life import Life

How = Mapping[str, Choice]


def a_promise(random: Random) -> dict[str, Choice]:
    """Draw how somebody promises, and what they do about it then."""
    return {
        "all": int(random.random() < 0.4),
        "share": random.choice((1, 1, 2, 3)),
        "dates": random.choice((1, 1, 1, 2, 3)),
        "days": random.randint(0, 12),
        "grace": random.choice((0, 0, 1, 7)),
        "pays": random.choice(
            ("in time", "in time", "a part", "late", "at the last moment", "not")
        ),
        "objects": random.choice((0, 0, 0, 2, 3)),
        "off_after": random.uniform(0, 10 * 86400) if random.random() < 0.15 else None,
    }


class Promisers:
    """The part of `People` that promises."""

    _life: Life
    _random: Random
    client: Client
    clock: str | None

    def promise(self, invoice: Invoice, how: How) -> None:
        """Promise to pay an invoice, or all that is owed in its currency."""
        life = self._life
        customer = life.ledger.customer(invoice.tenant, invoice.customer_id)
        if customer is None:
            return
        clock = customer.test_clock and life.ledger.test_clock(invoice.tenant, customer.test_clock)
        today = customer.calendar.date_of(clock.now if clock else life.scheduler.now())
        about = self._about(invoice) if how["all"] else [invoice]
        owed = sum(each.remaining for each in about) // int(how["share"] or 1) or 1
        count = min(int(how["dates"] or 1), owed)
        shares = [owed // count] * (count - 1) + [owed - owed // count * (count - 1)]
        days = [today + timedelta(days=(place + 1) * int(how["days"] or 0) + place)
                for place in range(count)]  # fmt: skip
        document = {
            "invoices": [each.id for each in about],
            "currency": invoice.currency.code,
            "dates": [
                {"date": day.isoformat(), "amount": share}
                for day, share in zip(days, shares, strict=True)
            ],
            "grace_days": how["grace"],
            "source": self._random.choice(("phone", "email")),
        }
        told = self.client.post(f"promise {invoice.number} {owed}", "/v1/promises", document)
        if told is None:
            return
        if how["objects"] and len(about) == 1:
            shares[-1] -= self._object(invoice, shares[-1] // int(how["objects"] or 1), days[-1])
        for day, share in zip(days, shares, strict=True):
            self._keep(invoice, how, share, midnight(customer, day, int(how["grace"] or 0)))
        if (wait := how["off_after"]) is not None:
            life.scheduler.after(float(wait), partial(self._call_off, told))

    def _object(self, invoice: Invoice, part: int, day: date) -> int:
        """Dispute a part of what was promised, beyond the day; return how much isn't paid then."""
        document: dict[str, Any] = {
            "invoice": invoice.id,
            "reason": "damaged",
            "source": "phone",
            "amount": max(1, part),
            "currency": invoice.currency.code,
        }
        if self.clock is None:  # a test clock's days are others
            document["deadline"] = (day + timedelta(days=12)).isoformat()
        told = self.client.post(f"object {invoice.number} {part}", "/v1/disputes", document)
        return max(1, part) if told else 0

    def _about(self, invoice: Invoice) -> list[Invoice]:
        stored = self._life.ledger._partitions[invoice.tenant.key, invoice.customer_id].values()
        found = [
            each
            for each in stored
            if isinstance(each, Invoice) and each.is_open and each.currency == invoice.currency
        ]
        return found[:20] or [invoice]

    def _keep(self, invoice: Invoice, how: How, share: int, deadline: datetime) -> None:
        """Let the money come: well before the deadline, about it, after it, in part or never."""
        now = self._life.scheduler.now()
        left = (deadline - now).total_seconds()
        wait, amount = {
            "in time": (self._random.uniform(0, left), share),
            "a part": (self._random.uniform(0, left), share // 2),
            "at the last moment": (left + self._random.uniform(-30, 30), share),
            "late": (left + self._random.uniform(0, 86400), share),
            "not": (0.0, 0),
        }[str(how["pays"])]
        if amount:
            self._life.scheduler.after(max(0.1, wait), partial(self._pay_share, invoice, amount))

    def _pay_share(self, invoice: Invoice, amount: int) -> None:
        document = {
            "amount": amount,
            "currency": invoice.currency.code,
            "paid_at": f"{self._life.scheduler.now():%Y-%m-%dT%H:%M:%SZ}",
            "method": "bank_transfer",
        }
        path = f"/v1/invoices/{invoice.id}/payments"
        self.client.post(f"pay {invoice.number} {amount} as promised", path, document)

    def _call_off(self, told: Any) -> None:
        path = f"/v1/promises/{told['id']}/cancel"
        self.client.post(f"call off {told['id']}", path)


def midnight(customer: Customer, day: Any, grace: int) -> datetime:
    """Return the midnight after a day and its days of grace, at the customer's."""
    after = day + timedelta(days=grace + 1)
    return datetime.combine(after, time(0), ZoneInfo(customer.timezone))
