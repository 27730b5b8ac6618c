"""Create a customer, once per external id."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.domain import ids
from chalicelib.domain.address import PostalAddress
from chalicelib.domain.calendar import SendWindow
from chalicelib.domain.customer import Change, Customer, CustomerKind
from chalicelib.domain.errors import ExternalIdTakenError, FieldError, InvalidError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Reference, ReferenceTakenError, WriteConflictError
from chalicelib.services.common import creating, load_customer, new_part, now_on, retrying
from chalicelib.services.once import Mark, made_by
from chalicelib.services.refused_addresses import recalled

EXTERNAL_ID = "customer_external_id"
REQUEST = "customer_request"
"""Customers' ids sort by time, so the mark of a request points to its customer."""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What a billing system says of a customer. `phone` is E.164, `test_clock` a clock's id, and
    `credit_limit` minor units by currency code."""

    name: str
    country: str
    locale: str
    timezone: str
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    kind: CustomerKind = CustomerKind.BUSINESS
    address: PostalAddress | None = None
    contact_hours: SendWindow | None = None
    test_clock: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    risk_grade: str | None = None
    credit_limit: dict[str, int] = field(default_factory=dict)


def create_customer(
    ports: Ports, tenant: Tenant, change: Change, order: NewCustomer, *, once: Mark | None = None
) -> Customer:
    """Store the customer and return it; with `once`, once however often the request comes.

    Raises ExternalIdTakenError, IdempotencyKeyReusedError, InvalidError.
    """

    customer = build_customer(ports, tenant, order)  # once, so that a second attempt finds it
    marks = []
    if once:
        customer = replace(customer, request=once.request)
        marks = [Reference(tenant, REQUEST, once.own, customer.id)]
    write = creating(customer, change)

    def attempt() -> Customer:
        try:
            ports.ledger.commit([write], [*marks, *references_of(customer)])
        except ReferenceTakenError as taken:
            if once and taken.reference.kind == REQUEST:
                return made_by(once, load_customer(ports, tenant, taken.reference.target))
            raise ExternalIdTakenError(
                f"Customer {taken.reference.target} has this external id."
            ) from None
        except WriteConflictError:
            if stored := ports.ledger.customer(tenant, customer.id):
                return stored
            raise
        return write.after

    return retrying(attempt)


def _clock_problem(ports: Ports, tenant: Tenant, clock_id: str) -> str | None:
    if tenant.mode is Mode.LIVE:
        return "Test clocks exist in test mode only; use a test key."
    found = ports.ledger.test_clock(tenant, clock_id)
    return None if found else "There is no such test clock."


def build_customer(ports: Ports, tenant: Tenant, order: NewCustomer) -> Customer:
    """Return the customer as it will be stored. Raises InvalidError for the test clock.

    An address that was refused before its owner was erased stays unused.
    """
    if order.test_clock and (problem := _clock_problem(ports, tenant, order.test_clock)):
        fault = FieldError("/test_clock", problem)
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
        kind=order.kind,
        address=order.address,
        contact_hours=order.contact_hours,
        test_clock=order.test_clock,
        metadata=order.metadata,
        tags=order.tags,
        risk_grade=order.risk_grade,
        credit_limit=order.credit_limit,
        suppressed=recalled(ports, tenant, order.email, order.phone),
    )


def references_of(customer: Customer) -> list[Reference]:
    """Return the unique value by which a customer is found; empty where they have none."""
    if customer.external_id is None:
        return []
    return [Reference(customer.tenant, EXTERNAL_ID, customer.external_id, customer.id)]
