"""Erika Mustermann, whose name stands wherever a name can, and who wants it gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import CreditNote, Method
from chalicelib.domain.privacy import ErasureReason
from chalicelib.ports.filed import Filed, Unreadable
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.issue_credit_note import NewCreditNote, issue_credit_note
from chalicelib.services.record_payment import NewPayment, record_payment
from tests.builders import LIVE
from tests.deeds import OFFICE
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody

ERIKA = {
    "name": "Erika Mustermann",
    "external_id": "C-erika",
    "email": "erika@mustermann.example",
    "phone": "+4915112345678",
    "address": PostalAddress(("Mustermann-Weg 1",), "Musterstadt", "DE", postal_code="12345"),
    "metadata": {"crm": "erika-77"},
}
PDF = "https://billing.example/erika.pdf"
NAMES = (
    "erika",
    "mustermann",
    "musterstadt",
    "4915112345678",
    "was ill",
    "asked to wait",
    "person decided",
)
"""What may not be found any more: what she is called, and words about her."""

ASKED = Change(by="api_key:office", why="erase")


def a_life(world: World) -> Invoice:
    """Let her be reminded, held back, credited and paid for, with words about her everywhere."""
    customer = somebody(**ERIKA)
    first = world.post(
        "R-1", due="2026-01-15", customer=customer, metadata={"for": "Erika"}, pdf_url=PDF
    )
    world.days(14)
    world.hold(first)
    world.release(first)
    note = NewCreditNote(first.id, Money(10_00, first.currency), "Frau Mustermann was ill")
    issue_credit_note(world.ports, LIVE, OFFICE, note)
    paid = NewPayment(
        first.id, Money(50_00, first.currency), world.now(), Method.CHECK, "Erika, January"
    )
    record_payment(world.ports, LIVE, OFFICE, paid)
    world.days(40)
    world.pay(first)
    second = world.post("R-2", due="2026-05-15", customer=customer)
    world.void(second)
    world.days(1)
    return first


def erase(world: World, invoice: Invoice) -> Customer:
    """Erase an invoice's customer, and let the workers do what follows at once."""
    erased = erase_customer(
        world.ports, LIVE, ASKED, invoice.customer_id, ErasureReason.CONSENT_WITHDRAWN
    )
    world.work()
    return erased


def stored(world: World, customer_id: str) -> list[object]:
    """Return every record and event of a customer."""
    filed = world.ledger.filed(LIVE, customer_id, after=None, limit=10_000)
    return [each.content for each in filed]


def names_left(world: World, invoice: Invoice) -> list[str]:
    """Return those of the names that stand anywhere in the file, or in a unique value."""
    text = repr((stored(world, invoice.customer_id), world.ledger._references)).lower()
    return [name for name in NAMES if name in text]


class Torn(InMemoryLedger):
    """While it is torn, nobody can make out a customer's credit notes when going through a file."""

    is_torn = False

    def filed(self, *whose: Any, **where: Any) -> tuple[Filed, ...]:
        found = super().filed(*whose, **where)
        if not self.is_torn:
            return found
        return tuple(
            replace(each, content=Unreadable("KeyError"))
            if isinstance(each.content, CreditNote)
            else each
            for each in found
        )
