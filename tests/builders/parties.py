"""The creditor, and a customer of its."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.domain.customer import Customer
from tests.builders.basics import CREDITOR_ID, LIVE, customer_id, utc


def a_creditor(**facts: Any) -> Creditor:
    """Return a creditor that has all details that messages can show."""
    creditor = Creditor(
        id=CREDITOR_ID,
        name="Nordlicht Energie GmbH",
        sender_email="rechnung@nordlicht.example",
        reply_to="buchhaltung@nordlicht.example",
        country="DE",
        phone="+493012345678",
        address=("Hafenstraße 1", "10115 Berlin"),
        website="https://nordlicht.example",
        sms_sender_id="Nordlicht",
        bank=BankDetails("Nordlicht Energie GmbH", "DE89370400440532013000", "COBADEFFXXX"),
        created_at=utc("2025-01-01"),
    )
    return replace(creditor, **facts)


def a_customer(name: str = "one", **facts: Any) -> Customer:
    """Return a customer in Berlin with working e-mail address and phone; `name` makes the id."""
    customer = Customer(
        id=customer_id(name),
        tenant=LIVE,
        name=f"Customer {name}",
        country="DE",
        locale="en",
        timezone="Europe/Berlin",
        created_at=utc("2025-12-01 10:00"),
        email=f"{name}@customer.example",
        phone="+4915112345678",
        version=1,
    )
    return replace(customer, **facts)
