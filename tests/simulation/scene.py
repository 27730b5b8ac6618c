"""Who lives in a run: two creditors, their customers and invoices, all from the seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.money import currency
from chalicelib.domain.sequence import CatchUp, Sequence
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.services.create_customer import NewCustomer
from chalicelib.services.post_invoice import NewInvoice
from tests.builders import a_creditor
from tests.simulation.people import People

if TYPE_CHECKING:
    from tests.simulation.life import Life

PLACES = (("DE", "Europe/Berlin"), ("US", "America/New_York"), ("NZ", "Pacific/Auckland"))
DAY = 86400.0
CROWDS = 0.01


def populate(life: Life, random: Random) -> None:
    """Let creditors, customers and invoices come to be. Both creditors use the same numbers."""
    for letter in ("A", "B"):
        tenant = Tenant(f"cr_{letter * 16}", Mode.LIVE)
        sequence = _sequence(random)
        life.ledger.save_creditor(a_creditor(id=tenant.creditor_id, default_sequence=sequence.id))
        life.ledger.add_sequence(tenant, sequence)
        life.payment_marks.begin(tenant)
        people = People(life, life.branch())
        life.people.append(people)
        for index in range(random.randint(1, 2)):
            life.customers += 1
            customer = _customer(life, random, f"{letter}{index}", index)
            for number in range(_how_many(random)):
                moment = _arrival(life, random)
                order = _invoice(random, f"R-{index}-{number}", customer, moment)
                life.scheduler.at(moment, partial(people.post, order, tenant))


def _customer(life: Life, random: Random, name: str, index: int) -> NewCustomer:
    country, timezone = random.choice(PLACES)
    email = f"{name.lower()}@customer.example" if random.random() < 0.9 else None
    phone = f"+49151123{ord(name[0])}{index}00" if random.random() < 0.7 else None
    if email and random.random() < 0.12:
        life.mail_events.bouncing.add(email)
    if email and random.random() < 0.05:
        life.mail_events.complaining.add(email)
    return NewCustomer(
        name=f"Customer {name}",
        country=country,
        locale="en",
        timezone=timezone,
        external_id=f"C-{index}",
        email=email,
        phone=phone,
    )


def _how_many(random: Random) -> int:
    """A few invoices; rarely so many that one payment of all takes several transactions."""
    return random.randint(32, 45) if random.random() < CROWDS else random.randint(1, 4)


def _arrival(life: Life, random: Random) -> datetime:
    """Some time in the first weeks; now and then at the same moment as others."""
    if random.random() < 0.4:
        return life.start + timedelta(days=random.randint(0, 3), hours=2)
    return life.start + timedelta(seconds=random.uniform(0, life.days * DAY * 0.6))


def _invoice(random: Random, number: str, customer: NewCustomer, at: datetime) -> NewInvoice:
    due = at.date() + timedelta(days=random.randint(-40, 14))
    return NewInvoice(
        number=number,
        customer=customer,
        currency=currency(random.choice(("eur", "eur", "jpy"))),
        amount=random.randint(1, 900_00),
        issue_date=min(due, at.date()),
        due_date=due,
    )


def _sequence(random: Random) -> Sequence:
    rules: tuple[tuple[float, dict[str, Any]], ...] = (
        (0.3, {"window": None}),
        (0.3, {"catch_up": CatchUp.NEXT}),
        (0.3, {"bundle": False}),
        (0.3, {"min_gap_days": random.choice((0, 1, 7))}),
        (0.2, {"grace_days": 3}),
    )
    changes: dict[str, Any] = {}
    for share, change in rules:
        if random.random() < share:
            changes |= change
    return replace(DEFAULT, **changes)
