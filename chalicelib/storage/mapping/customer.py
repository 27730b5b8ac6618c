"""Customers."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.contacts import Contact
from chalicelib.domain.customer import Customer, CustomerKind, Suppression
from chalicelib.domain.history import History
from chalicelib.storage import keys
from chalicelib.storage.attributes import instant, microseconds
from chalicelib.storage.items import CustomerItem
from chalicelib.storage.mapping.common import SEPARATOR, change_of, stamp

_INBOUND, _CONVERSATION = "i", "c"

NONE_YET = History()


def to_record(customer: Customer) -> CustomerItem:
    """Return the item of a customer."""
    return CustomerItem(
        **stamp(customer, keys.child(customer.tenant, ids.CUSTOMER, customer.id)),
        name=customer.name,
        country=customer.country,
        locale=customer.locale,
        timezone=customer.timezone,
        created_at=customer.created_at,
        external_id=customer.external_id,
        email=customer.email,
        phone=customer.phone,
        address=customer.address,
        test_clock=customer.test_clock,
        meta=customer.metadata or None,
        balance=customer.balance or None,
        credit=customer.credit or None,
        credit_payments=customer.credit_payments or None,
        suppressed=customer.suppressed or None,
        last_contact_at=customer.last_contact_at,
        visited_at=customer.visited_at,
        checkouts=customer.checkouts or None,
        request=customer.request,
        consents=customer.consents or None,
        exported_at=customer.exported_at,
        contacts=tuple(map(_write_contact, customer.contacts)) or None,
        contact_hours=customer.contact_hours,
        erasure=customer.erasure,
        tags=customer.tags or None,
        risk_grade=customer.risk_grade,
        credit_limit=customer.credit_limit or None,
        override=customer.override,
        history=customer.history if customer.history != NONE_YET else None,
        buys_as=None if customer.kind is CustomerKind.BUSINESS else customer.kind,
        broken_promises=customer.broken_promises or None,
        broken_plans=customer.broken_plans or None,
    )


def from_record(item: CustomerItem) -> Customer:
    """Return the customer of an item."""
    tenant, customer_id = keys.owner(item.pk)
    suppressed = {address: Suppression(why) for address, why in (item.suppressed or {}).items()}
    return Customer(
        id=customer_id,
        tenant=tenant,
        name=item.name,
        country=item.country,
        locale=item.locale,
        timezone=item.timezone,
        created_at=item.created_at,
        external_id=item.external_id,
        email=item.email,
        phone=item.phone,
        address=item.address,
        test_clock=item.test_clock,
        metadata=item.meta or {},
        balance=item.balance or {},
        credit=item.credit or {},
        credit_payments=item.credit_payments or (),
        suppressed=suppressed,
        last_contact_at=item.last_contact_at,
        visited_at=item.visited_at,
        checkouts=item.checkouts or (),
        request=item.request,
        consents=item.consents or {},
        exported_at=item.exported_at,
        contacts=tuple(map(_read_contact, item.contacts or ())),
        contact_hours=item.contact_hours,
        erasure=item.erasure,
        tags=item.tags or (),
        risk_grade=item.risk_grade,
        credit_limit=item.credit_limit or {},
        override=item.override,
        history=item.history or NONE_YET,
        kind=CustomerKind(item.buys_as or CustomerKind.BUSINESS),
        broken_promises=item.broken_promises or 0,
        broken_plans=item.broken_plans or 0,
        version=item.version,
        change=change_of(item),
    )


def _write_contact(contact: Contact) -> str:
    # The id stands last, because it is the only field that may contain the separator.
    marks = _INBOUND * contact.inbound + _CONVERSATION * contact.conversation
    at = str(microseconds(contact.at))
    return SEPARATOR.join((at, contact.channel, marks, contact.case or "", contact.id))


def _read_contact(line: str) -> Contact:
    at, channel, marks, case, identifier = line.split(SEPARATOR, 4)
    return Contact(
        id=identifier,
        at=instant(int(at)),
        channel=channel,
        inbound=_INBOUND in marks,
        case=case or None,
        conversation=_CONVERSATION in marks,
    )
