"""Parameters of lists. In a query everything is text, so whole numbers are read from it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from chalicelib.domain.invoice import Invoice
from chalicelib.handlers.bodies.base import Query
from chalicelib.handlers.bodies.fields import (
    CaseId,
    ChargeId,
    CommunicationId,
    CreditNoteId,
    CustomerId,
    EventId,
    ExternalId,
    InvoiceId,
    Number,
    PaymentId,
    PaymentPlanId,
    PromiseId,
    SequenceId,
)
from chalicelib.handlers.shapes.event_types import EVENT_TYPES
from chalicelib.ports.storage import Cursor

DEFAULT_LIMIT, MOST = 10, 100
LAST_VERSION = 10**10 - 1
"""The highest version that a sequence's key has room for."""


def _whole(value: Any) -> Any:  # noqa: ANN401 - what isn't digits is left to the validator
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value


def _finds_one(value: str | None, info: ValidationInfo) -> str | None:
    given = [name for name in ("starting_after", "ending_before") if info.data.get(name)]
    if value is not None and given:
        raise ValueError(f"finds one record at most, so it can't be combined with {given[0]}")
    return value


class ListQuery(Query):
    """A page of a list, newest first: `limit` records after or before the record of an id."""

    limit: Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_whole)] = DEFAULT_LIMIT
    starting_after: str | None = None
    ending_before: str | None = None

    @field_validator("ending_before")
    @classmethod
    def _one_direction(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("starting_after") is not None:
            raise ValueError("can't be combined with starting_after")
        return value

    def cursor(self) -> Cursor:
        """Return where the page begins."""
        return Cursor(limit=self.limit, after=self.starting_after, before=self.ending_before)


class CustomersQuery(ListQuery):
    """A page of customers, or the one of exactly that external id."""

    starting_after: CustomerId | None = None
    ending_before: CustomerId | None = None
    external_id: ExternalId | None = None

    _alone = field_validator("external_id")(_finds_one)


class SequencesQuery(ListQuery):
    """A page of sequences."""

    starting_after: SequenceId | None = None
    ending_before: SequenceId | None = None


class SequenceQuery(Query):
    """One version of a sequence, or the newest."""

    version: Annotated[int, Field(ge=1, le=LAST_VERSION), BeforeValidator(_whole)] | None = None


class SegmentQuery(Query):
    """One version of a segment, or the one that applies."""

    version: Annotated[int, Field(ge=1, le=LAST_VERSION), BeforeValidator(_whole)] | None = None


class TimelineQuery(ListQuery):
    """A page of a customer's events."""

    starting_after: EventId | None = None
    ending_before: EventId | None = None


def _known_type(value: str) -> str:
    if value not in EVENT_TYPES:
        raise ValueError(f"must be a type of event: {', '.join(EVENT_TYPES)}")
    return value


class EventsQuery(TimelineQuery):
    """A page of events, of one customer or type where one is named."""

    customer: CustomerId | None = None
    type: (
        Annotated[
            str,
            AfterValidator(_known_type),
            WithJsonSchema({"type": "string", "enum": list(EVENT_TYPES)}),
        ]
        | None
    ) = None


class CommunicationsQuery(ListQuery):
    """A page of messages, of one customer where one is named."""

    starting_after: CommunicationId | None = None
    ending_before: CommunicationId | None = None
    customer: CustomerId | None = None


class InvoicesQuery(ListQuery):
    """A page of invoices, of one customer or status where one is named.

    With `number`, the one of exactly that number, if it is of that customer and status.
    """

    starting_after: InvoiceId | None = None
    ending_before: InvoiceId | None = None
    customer: CustomerId | None = None
    status: Literal["open", "paid", "void", "written_off"] | None = None
    number: Number | None = None

    _alone = field_validator("number")(_finds_one)

    def fits(self, invoice: Invoice) -> bool:
        """Say whether an invoice is of the customer and status that are asked for."""
        return self.customer in {None, invoice.customer_id} and self.status in {
            None,
            invoice.status.value,
        }


class _OfWhomQuery(ListQuery):
    """A page of what a customer or an invoice has; without either there is no list to read."""

    invoice: InvoiceId | None = None
    customer: CustomerId | None = Field(default=None, validate_default=True)

    @field_validator("customer")
    @classmethod
    def _of_somebody(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("invoice", "faulty") is None:
            raise ValueError("is required, or `invoice` instead")
        return value


class PaymentsQuery(_OfWhomQuery):
    """A page of the payments of a customer, or of those that pay an invoice."""

    starting_after: PaymentId | None = None
    ending_before: PaymentId | None = None


class CreditNotesQuery(_OfWhomQuery):
    """A page of the credit notes of a customer or an invoice."""

    starting_after: CreditNoteId | None = None
    ending_before: CreditNoteId | None = None


class ChargesQuery(_OfWhomQuery):
    """A page of the charges of a customer or an invoice, waivers among them."""

    starting_after: ChargeId | None = None
    ending_before: ChargeId | None = None


class PromisesQuery(ListQuery):
    """A page of promises to pay, of one customer or status where one is named."""

    starting_after: PromiseId | None = None
    ending_before: PromiseId | None = None
    customer: CustomerId | None = None
    status: Literal["open", "kept", "partly_kept", "broken", "cancelled"] | None = None


class PaymentPlansQuery(ListQuery):
    """A page of payment plans, of one customer or status where one is named."""

    starting_after: PaymentPlanId | None = None
    ending_before: PaymentPlanId | None = None
    customer: CustomerId | None = None
    status: Literal["active", "completed", "broken", "cancelled"] | None = None


class CasesQuery(ListQuery):
    """A page of cases, of one customer or status where one is named."""

    starting_after: CaseId | None = None
    ending_before: CaseId | None = None
    customer: CustomerId | None = None
    status: Literal["open", "closed"] | None = None
