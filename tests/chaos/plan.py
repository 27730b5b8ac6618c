"""Who lives in a seed, and what happens to whom on which day: all drawn before it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.chaos import office

DAYS = 3
CUSTOMERS = 7
PLACES = (
    ("DE", "de-DE", "Europe/Berlin"),
    ("US", "en-US", "America/New_York"),
    ("FR", "fr-FR", "Europe/Paris"),
)
FATES = (
    (0.35, "transfer"),
    (0.2, "part"),
    (0.1, "too_much"),
    (0.4, "card"),
    (0.15, "debit"),
    (0.15, "credit"),
    (0.06, "void"),
    (0.06, "write_off"),
    (0.15, "hold"),
    (0.15, "move"),
    (0.15, "refund"),
    (0.08, "dispute"),
)
"""What may happen to an invoice, each by its own chance; none of it may do harm at any moment."""
BETWEEN_DAYS = tuple(timedelta(minutes=each) for each in (20, 70, 300, 1500, 1500, 4400))
LONG = tuple(timedelta(minutes=each) for each in (1500, 4400))
"""Longer than payments may be unknown, and than who was at the provider is asked about there."""
GAPS = (0, 1, 0)
"""Days between two messages to a customer; a seed has one of them."""
STEPS = (
    {"key": "reminder_first", "offset_days": 1, "do": "email"},
    {"key": "reminder_second", "offset_days": 2, "do": "sms"},
    {"key": "reminder_third", "offset_days": 4, "do": "email"},
    {"key": "notice_final", "offset_days": 6, "do": "email"},
)


@dataclass(slots=True)
class Order:
    """An invoice to be posted, and deeds about it by their day. `answer` is the API's."""

    number: str
    customer: dict[str, Any]
    currency: str
    amount: int
    due_in_days: int
    deeds: list[tuple[int, str]] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    def body(self, now: datetime, sequence: str) -> dict[str, Any]:
        """Return what is posted; the due date counts from the day of the first try."""
        due = now.date() + timedelta(days=self.due_in_days)
        return {
            "number": self.number,
            "customer": self.customer,
            "currency": self.currency,
            "amount": self.amount,
            "issue_date": (due - timedelta(days=14)).isoformat(),
            "due_date": due.isoformat(),
            "sequence": sequence,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A seed's people and days. On the `silent` ones nothing is heard of the provider, neither by
    webhooks nor by its list; there is one, and the next day begins long after it, with a sweep.
    On the day `receives_nothing` the creditor's own system takes no webhooks; `changes` are those
    of its texts.
    """

    seed: int
    sequence: dict[str, Any]
    orders: tuple[Order, ...]
    jumps: tuple[timedelta, ...]
    silent: frozenset[int]
    receives_nothing: int
    changes: tuple[office.Change, ...]


def plan_of(seed: int, *, customers: int = CUSTOMERS) -> Plan:
    """Draw everything from the seed."""
    random = Random(f"plan {seed}")
    orders = tuple(
        _order(random, seed, customer, number)
        for customer in (_customer(random, seed, index) for index in range(customers))
        for number in range(random.randint(2, 4))
    )
    silent = random.randrange(DAYS - 1)
    jumps = [random.choice(BETWEEN_DAYS) for _ in range(DAYS)]
    jumps[silent] = random.choice(LONG)
    return Plan(
        seed,
        {
            "name": "At once, any hour",
            "catch_up": random.choice(("latest", "next")),
            "min_gap_days": GAPS[seed % len(GAPS)],
            "bundle": random.random() < 0.6,
            "send_window": None,
            "steps": STEPS,
        },
        orders,
        tuple(jumps),
        frozenset({silent}),
        random.randrange(DAYS),
        office.draw(random, DAYS, STEPS, [locale for _, locale, _ in PLACES]),
    )


def _customer(random: Random, seed: int, index: int) -> dict[str, Any]:
    country, locale, timezone = random.choice(PLACES)
    name = f"chaos{seed}c{index}"
    customer: dict[str, Any] = {
        "external_id": name,
        "name": f"Customer {index}",
        "country": country,
        "locale": locale,
        "timezone": timezone,
    }
    draw = random.random()
    mailbox = "bounce" if draw < 0.12 else "complaint" if draw < 0.2 else None
    if draw < 0.9:
        simulated = f"{mailbox}+{name}@simulator.amazonses.com"
        customer["email"] = simulated if mailbox else f"{name}@customer.example.com"
    if draw >= 0.9 or random.random() < 0.6:
        customer["phone"] = f"+4915112{seed % 1000:03}{index:03}"
    return customer


def _order(random: Random, seed: int, customer: dict[str, Any], number: int) -> Order:
    first = random.choice((0, 0, 0, 1))
    deeds = [(first, "post")]
    for share, deed in FATES:
        if random.random() < share:
            deeds.append((random.randint(first, DAYS - 1), deed))
    return Order(
        number=f"{customer['external_id']}-{number}",
        customer=customer,
        currency=random.choice(("eur", "eur", "jpy")),
        amount=random.randint(500, 90_000),
        due_in_days=random.choice((-9, -5, -3, -2, -2, 0)),
        deeds=deeds,
    )
