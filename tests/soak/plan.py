"""What the soak will do, and what must come of it: made from a seed, and kept apart from Dunlin.

The books here are those of a creditor who knows only what was invoiced and what was paid. They are
written without any of Dunlin's code, so that a mistake in its rules can't be in both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

CURRENCIES = ("eur", "eur", "usd", "jpy")
INVOICES_EACH = 4
"""How many invoices a customer has, on the average."""
DUPLICATES = 0.3
"""How many of all deliveries say what was said before."""
WAYS = {"full": 68, "debit": 14, "partial": 6, "over": 5, "twice": 4, "failed": 3}
"""How invoices are paid online, in percent."""
TRANSFERS = 20
"""One invoice of so many is paid by bank transfer instead."""


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    """An invoice to post. Only what is overdue is to be reminded of."""

    number: str
    external_id: str
    currency: str
    amount: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """An event of the provider about a payment of an invoice: what it says, and of how much."""

    event_id: str
    reference: str
    number: str
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money at the bank for an invoice, which the billing system tells."""

    reference: str
    number: str
    amount: int


@dataclass(slots=True)
class Books:
    """What must be so for one customer in the end, in minor units of its one currency."""

    currency: str
    invoices: dict[str, int] = field(default_factory=dict)
    payments: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    overpaid: bool = False

    def to_json(self) -> dict[str, Any]:
        """For the examination, which runs in a process of its own."""
        return {
            "currency": self.currency,
            "invoices": self.invoices,
            "payments": self.payments,
            "failed": self.failed,
            "overpaid": self.overpaid,
        }


@dataclass(slots=True)
class Plan:
    """Everything that will happen, and the books as they must then stand, by external id."""

    invoices: list[PlannedInvoice]
    notices: dict[str, list[Notice]]
    """By number, duplicates included: any event may come twice, or more often."""
    transfers: dict[str, Transfer]
    books: dict[str, Books]
    settled_by: dict[str, frozenset[str]]
    """By number: the payments that settle an invoice whatever else happens."""


def make_plan(invoices: int, webhooks: int, *, seed: int, prefix: str = "S") -> Plan:
    """Return a plan of so many invoices, and so many deliveries of webhooks in all."""
    chance = Random(seed)
    distinct = round(webhooks * (1 - DUPLICATES))
    plan = Plan([], {}, {}, {}, {})
    for index in range(invoices):
        plan.invoices.append(_invoice(chance, f"{prefix}{index:06}", prefix, invoices))
    for invoice in plan.invoices:
        books = plan.books.setdefault(invoice.external_id, Books(invoice.currency))
        books.invoices[invoice.number] = invoice.amount
    for invoice in chance.sample(plan.invoices, len(plan.invoices)):
        told = sum(map(len, plan.notices.values()))
        if chance.randrange(TRANSFERS) == 0:
            _transfer(plan, invoice)
        elif told < distinct:
            _paid_online(plan, invoice, chance, distinct - told)
    known = [notice for notices in plan.notices.values() for notice in notices]
    for notice in chance.choices(known, k=webhooks - distinct) if known else ():
        plan.notices[notice.number].append(notice)
    return plan


def _invoice(chance: Random, number: str, prefix: str, count: int) -> PlannedInvoice:
    customer = chance.randrange(max(1, count // INVOICES_EACH))
    return PlannedInvoice(
        number=number,
        external_id=f"{prefix}-C{customer}",
        currency=CURRENCIES[customer % len(CURRENCIES)],
        amount=chance.randint(100, 2_000_00),
        overdue=chance.random() < 0.8,
    )


def _transfer(plan: Plan, invoice: PlannedInvoice) -> None:
    transfer = Transfer(f"bank-{invoice.number}", invoice.number, invoice.amount)
    plan.transfers[invoice.number] = transfer
    plan.books[invoice.external_id].payments[transfer.reference] = transfer.amount
    plan.settled_by[invoice.number] = frozenset({transfer.reference})


def _paid_online(plan: Plan, invoice: PlannedInvoice, chance: Random, room: int) -> None:
    """Choose how an invoice is paid, with at most `room` events."""
    way = chance.choices(list(WAYS), weights=list(WAYS.values()))[0]
    if room < 2 and way in {"debit", "twice"}:
        way = "full"
    books, amount = plan.books[invoice.external_id], invoice.amount
    first, second = (f"pi_{invoice.number}{letter}" for letter in "ab")
    if way == "partial":
        amount = chance.randint(1, amount)
    if way == "over":
        amount += chance.randint(1, 500_00)
    said = {"debit": ["processing", "succeeded"], "failed": ["failed"]}.get(way, ["succeeded"])
    notices = [_notice(first, invoice, kind, amount) for kind in said]
    if way == "twice":
        notices.append(_notice(second, invoice, "succeeded", amount))
    plan.notices[invoice.number] = notices
    if way == "failed":
        books.failed.append(first)
        return
    for reference in {notice.reference for notice in notices}:
        books.payments[reference] = amount
    books.overpaid |= way in {"over", "twice"}
    if way in {"full", "debit", "over"}:
        plan.settled_by[invoice.number] = frozenset({first})


def _notice(reference: str, invoice: PlannedInvoice, kind: str, amount: int) -> Notice:
    return Notice(f"evt_{reference}_{kind}", reference, invoice.number, kind, amount)


def invoice_body(invoice: PlannedInvoice, today: date, sequence: str) -> dict[str, Any]:
    """Return what posts the invoice."""
    due = today - timedelta(days=2) if invoice.overdue else today + timedelta(days=30)
    return {
        "number": invoice.number,
        "customer": {
            "external_id": invoice.external_id,
            "name": f"Customer {invoice.external_id}",
            "email": f"{invoice.external_id.lower()}@soak.example.com",
            "country": "GB",
            "locale": "en-GB",
            "timezone": "Europe/London",
        },
        "currency": invoice.currency,
        "amount": invoice.amount,
        "issue_date": (today - timedelta(days=16)).isoformat(),
        "due_date": due.isoformat(),
        "sequence": sequence,
    }


def transfer_body(transfer: Transfer, currency: str) -> dict[str, Any]:
    """Return what records the transfer."""
    return {
        "amount": transfer.amount,
        "currency": currency,
        "paid_at": datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "method": "bank_transfer",
        "reference": transfer.reference,
    }
