"""Tenants, currencies, moments and ids: what every builder starts from."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chalicelib.domain import ids
from chalicelib.domain.money import Money, currency
from chalicelib.domain.tenant import Mode, Tenant

CREDITOR_ID = "cr_" + "C" * ids.PART
LIVE = Tenant(CREDITOR_ID, Mode.LIVE)
TEST = Tenant(CREDITOR_ID, Mode.TEST)
EUR = currency("eur")
USD = currency("usd")
JPY = currency("jpy")
KWD = currency("kwd")


def utc(text: str) -> datetime:
    """Return the instant of `2026-01-05 09:00` (or a date alone: its midnight), UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str | date) -> date:
    """Return the date of `2026-01-05`."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def eur(amount: int) -> Money:
    """Return so many cents: `eur(100_00)` is €100.00."""
    return Money(amount, EUR)


def customer_id(name: str = "one") -> str:
    """Return the id of the customer called that in a test."""
    return ids.customer_id(own_part(f"customer {name}"))


def record_id(prefix: str, name: str, *, customer: str = "one") -> str:
    """Return the id of a record called that, in that customer's partition."""
    return ids.child_id(prefix, customer_id(customer), own_part(name))


def own_part(name: str) -> str:
    """Return the id part that follows from a name."""
    return ids.encode(ids.meaning(name), ids.PART)
