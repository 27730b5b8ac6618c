"""A customer, and the statement of what they owe."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.privacy import Consent, Covers, Erasure, ErasureReason
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import (
    Timestamp,
    timestamp,
    timestamp_or_none,
)
from chalicelib.handlers.shapes.contact import (
    ContactShape,
    HoursShape,
    contact_shape,
    hours_shape,
)
from chalicelib.handlers.shapes.history import PaymentHistoryShape, history_shape
from chalicelib.handlers.shapes.invoice import InvoiceShape
from chalicelib.handlers.shapes.segment import OverrideShape, override_shape

ErasureText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [each.value for each in ErasureReason]})
]


class ConsentShape(TypedDict):
    """What a customer last said about a channel, where, in which words, and when.

    `covers` says what a refusal is about: everything, or reminders only.
    """

    given: bool
    covers: Literal["everything", "reminders"]
    source: str
    words: str | None
    at: Timestamp


class SaidShape(TypedDict):
    """One thing that a customer said about a channel. `at` is when they said it; `recorded_at` and
    `recorded_by` tell of its recording."""

    id: str
    object: Literal["consent"]
    livemode: bool
    customer: str | None
    channel: str
    given: bool
    covers: Literal["everything", "reminders"]
    source: str
    words: str | None
    at: Timestamp
    recorded_at: Timestamp
    recorded_by: str


class ErasureShape(TypedDict):
    """Since when the customer is being erased, on which ground, and when everything was done."""

    reason: ErasureText
    asked_at: Timestamp
    done_at: Timestamp | None


class AddressShape(TypedDict):
    """A postal address in its parts; the name of whom it reaches stands elsewhere."""

    lines: list[str]
    postal_code: str | None
    city: str
    region: str | None
    country: str


class CustomerShape(TypedDict):
    """A customer. `balance` is what is owed and `credit` what was paid and not yet applied, in
    minor units by currency. `suppressed` maps an address to why it is no longer written to, and
    `consents` a channel to what the customer last said about it. `last_contact_at` is when a
    message about what is closed by now last went out; each open case has its own. `contacts` are
    those of the last days that no open case tells of: of closed cases, and what was told.
    `broken_promises` and `broken_plans` are how many of those were broken. `credit_limit` is minor
    units by currency, and `sequence_override` a sequence for all invoices. `erasure` is null unless
    the customer is erased: `name` is empty then, and what else said who it was is null.
    """

    id: str
    object: Literal["customer"]
    livemode: bool
    external_id: str | None
    name: str
    email: str | None
    phone: str | None
    address: AddressShape | None
    country: str
    locale: str
    timezone: str
    kind: Literal["business", "consumer"]
    test_clock: str | None
    metadata: dict[str, str]
    balance: dict[str, int]
    credit: dict[str, int]
    suppressed: dict[str, str]
    consents: dict[str, ConsentShape]
    contact_hours: HoursShape | None
    contacts: list[ContactShape]
    broken_promises: int
    broken_plans: int
    tags: list[str]
    risk_grade: str | None
    credit_limit: dict[str, int]
    sequence_override: OverrideShape | None
    payment_history: PaymentHistoryShape
    erasure: ErasureShape | None
    last_contact_at: Timestamp | None
    created_at: Timestamp


class StatementShape(TypedDict):
    """What a customer owes now, invoice by invoice, oldest due first.

    `balance` is of all invoices. At most 1,000 are listed, fewer where they are large; `has_more`
    says whether others are left, which the list of open invoices has.
    """

    object: Literal["statement"]
    customer: str
    balance: dict[str, int]
    credit: dict[str, int]
    invoices: list[InvoiceShape]
    has_more: bool
    pay_url: str


def customer_shape(customer: Customer) -> CustomerShape:
    """Write a customer."""
    return CustomerShape(
        id=customer.id,
        object="customer",
        livemode=customer.tenant.mode is Mode.LIVE,
        external_id=customer.external_id,
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        address=address_shape(customer.address) if customer.address else None,
        country=customer.country,
        locale=customer.locale,
        timezone=customer.timezone,
        kind=customer.kind.value,
        test_clock=customer.test_clock,
        metadata=customer.metadata,
        balance=customer.balance,
        credit=customer.credit,
        suppressed={address: why.value for address, why in customer.suppressed.items()},
        contact_hours=hours_shape(customer.contact_hours) if customer.contact_hours else None,
        contacts=[contact_shape(each) for each in customer.contacts],
        consents={channel: _consent(said) for channel, said in customer.consents.items()},
        broken_promises=customer.broken_promises,
        broken_plans=customer.broken_plans,
        tags=list(customer.tags),
        risk_grade=customer.risk_grade,
        credit_limit=customer.credit_limit,
        sequence_override=override_shape(customer.override),
        payment_history=history_shape(customer.history),
        erasure=_erasure(customer.erasure) if customer.erasure else None,
        last_contact_at=timestamp_or_none(customer.last_contact_at),
        created_at=timestamp(customer.created_at),
    )


def address_shape(address: PostalAddress) -> AddressShape:
    """Write a postal address."""
    return AddressShape(
        lines=list(address.lines),
        postal_code=address.postal_code,
        city=address.city,
        region=address.region,
        country=address.country,
    )


def _consent(consent: Consent) -> ConsentShape:
    return ConsentShape(
        given=consent.given,
        covers=consent.covers.value,
        source=consent.source,
        words=consent.words,
        at=timestamp(consent.at),
    )


def said_shape(event: Event) -> SaidShape:
    """Write what an event tells of a consent."""
    data = event.data
    at = datetime.fromisoformat(data["at"])
    return SaidShape(
        id=event.id,
        object="consent",
        livemode=event.tenant.mode is Mode.LIVE,
        customer=event.customer_id,
        channel=data["channel"],
        given=event.type == "customer.consent_given",
        covers=data.get("covers", Covers.EVERYTHING.value),
        source=data["source"],
        words=data.get("words"),
        at=timestamp(at),
        recorded_at=timestamp(event.at),
        recorded_by=event.by,
    )


def _erasure(erasure: Erasure) -> ErasureShape:
    return ErasureShape(
        reason=erasure.reason.value,
        asked_at=timestamp(erasure.asked_at),
        done_at=timestamp_or_none(erasure.done_at),
    )


def statement_shape(
    customer: Customer, invoices: list[InvoiceShape], *, has_more: bool, pay_url: str
) -> StatementShape:
    """Write a statement."""
    return StatementShape(
        object="statement",
        customer=customer.id,
        balance=customer.balance,
        credit=customer.credit,
        invoices=invoices,
        has_more=has_more,
        pay_url=pay_url,
    )
