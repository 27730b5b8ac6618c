"""Create a customer, once per external id."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain import ids
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import (
    ExternalIdTakenError,
    FieldError,
    IdempotencyKeyReusedError,
    InvalidError,
)
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Reference, ReferenceTakenError
from chalicelib.services.common import creating, load_customer, new_part, now_on, retrying

EXTERNAL_ID = "customer_external_id"
REQUEST = "customer_request"
"""Customers' ids sort by time, so the mark of a request points to its customer."""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What a billing system says of a customer. `phone` is E.164, `test_clock` a clock's id."""

    name: str
    country: str
    locale: str
    timezone: str
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    test_clock: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def create_customer(
    ports: Ports, tenant: Tenant, change: Change, order: NewCustomer, *, once: str | None = None
) -> Customer:
    """Store the customer and return it; with the mark `once`, once however often it comes.

    Raises ExternalIdTakenError, IdempotencyKeyReusedError, InvalidError.
    """

    def attempt() -> Customer:
        customer = build_customer(ports, tenant, order)
        write = creating(customer, change)
        try:
            marks = [Reference(tenant, REQUEST, once, customer.id)] if once else []
            ports.ledger.commit([write], [*marks, *references_of(customer)])
        except ReferenceTakenError as taken:
            if taken.reference.kind == REQUEST:
                return _known(ports, tenant, order, taken.reference.target)
            raise ExternalIdTakenError(
                f"Customer {taken.reference.target} has this external id."
            ) from None
        return write.after

    return retrying(attempt)


def _known(ports: Ports, tenant: Tenant, order: NewCustomer, customer_id: str) -> Customer:
    """Return the customer of an earlier attempt, unless the order was for another one."""
    known = load_customer(ports, tenant, customer_id)
    asked = (order.name, order.country, order.external_id, order.email, order.phone)
    if (known.name, known.country, known.external_id, known.email, known.phone) != asked:
        raise IdempotencyKeyReusedError(f"Customer {known.id} was created with this key.")
    return known


def build_customer(ports: Ports, tenant: Tenant, order: NewCustomer) -> Customer:
    """Return the customer as it will be stored. Raises InvalidError for the test clock."""
    if order.test_clock and (
        tenant.mode is Mode.LIVE or ports.ledger.test_clock(tenant, order.test_clock) is None
    ):
        fault = FieldError("/test_clock", "There is no such test clock.")
        raise InvalidError("The customer can't be attached to this clock.", fields=(fault,))
    now = now_on(ports, tenant, order.test_clock)
    return Customer(
        id=ids.customer_id(new_part(ports, now)),
        tenant=tenant,
        name=order.name,
        country=order.country,
        locale=order.locale,
        timezone=order.timezone,
        created_at=now,
        external_id=order.external_id,
        email=order.email,
        phone=order.phone,
        test_clock=order.test_clock,
        metadata=order.metadata,
    )


def references_of(customer: Customer) -> list[Reference]:
    """Return the unique values of a customer."""
    if customer.external_id is None:
        return []
    return [Reference(customer.tenant, EXTERNAL_ID, customer.external_id, customer.id)]
