"""Record a contact with a customer that Dunlin didn't make: a call, a letter, an answer.

Quiet days, caps and the rules for calls count it from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.contacts import KEPT_FOR, TOLD, Contact, own_part, remembered
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_invoice, now_of
from chalicelib.services.update_customer import edit_customer

MOST_KEPT = 100
"""Contacts of some days on one record: whoever is called so often is called by mistake."""
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ToldContact:
    """A contact as told. `at` None: now. `invoice_id` is what a call was about (None: no single
    invoice, so it counts for all)."""

    channel: str
    inbound: bool
    at: datetime | None = None
    invoice_id: str | None = None
    conversation: bool = False


def record_contact(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, told: ToldContact
) -> Customer:
    """Store a contact, and return the customer. The same one again changes nothing.

    Raises NotFoundError, CustomerErasedError, and InvalidError for a moment to come or too long
    ago, an invoice of somebody else, and more contacts than any rule counts.
    """
    case = _case_of(ports, tenant, customer_id, told.invoice_id) if told.invoice_id else None

    def edit(before: Customer) -> Customer:
        now = now_of(ports, before)
        at = told.at or now
        if at > now + CLOCKS_DIFFER:
            raise _wrong("/at", "must not be in the future")
        if now - at > KEPT_FOR:
            raise _wrong("/at", f"must be within the last {KEPT_FOR.days} days")
        meant = ids.meaning(told.channel, str(told.inbound), at.isoformat(), case or "")
        identifier = TOLD + ids.encode(meant, ids.PART)
        new = Contact(identifier, at, told.channel, told.inbound, case, told.conversation)
        contacts = remembered(before.contacts, [new], now)
        if len(contacts) > MOST_KEPT:
            raise _wrong("/channel", f"is the contact beyond {MOST_KEPT} of these days")
        return replace(before, contacts=contacts)

    return edit_customer(ports, tenant, change, customer_id, edit, reschedules=True)


def _case_of(ports: Ports, tenant: Tenant, customer_id: str, invoice_id: str) -> str:
    invoice = load_invoice(ports, tenant, invoice_id)
    if invoice.customer_id != customer_id:
        raise _wrong("/invoice", "must be an invoice of this customer")
    return own_part(invoice.case_id)


def _wrong(pointer: str, detail: str) -> InvalidError:
    return InvalidError("The contact can't be recorded.", fields=(FieldError(pointer, detail),))
