"""What a preview is asked: a sequence, a customer, invoices, and what happens to them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.money import Money
from chalicelib.domain.promise import MOST_GRACE_DAYS
from chalicelib.domain.rehearsal import Happening, HappeningType, PreviewInvoice
from chalicelib.handlers.bodies import places
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import (
    Amount,
    Country,
    CurrencyCode,
    Day,
    Instant,
    Locale,
    Number,
    SequenceId,
    Timezone,
)
from chalicelib.handlers.bodies.invoices import id_or_object
from chalicelib.handlers.bodies.sequences import SequenceBody

MOST_INVOICES = 50
MOST_HAPPENINGS = 200
MOST_DAYS = 3660


class PreviewCustomerBody(Body):
    """Where the customer's calendar hangs. `timezone` is left out as for any customer."""

    country: Country
    timezone: Timezone | None = Field(default=None, validate_default=True)
    locale: Locale | None = None
    kind: Literal["business", "consumer"] = "business"

    @field_validator("timezone")
    @classmethod
    def _known_from_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        return places.timezone_or_none(value, info.data.get("country"))

    def calendar(self) -> LocalCalendar:
        """Return the customer's calendar."""
        timezone = self.timezone or places.only_timezone(self.country) or "UTC"
        return LocalCalendar(timezone=timezone, country=self.country)


class PreviewInvoiceBody(Body):
    """An invoice of a preview."""

    number: Number
    amount: Amount
    currency: CurrencyCode
    issue_date: Day
    due_date: Day

    @field_validator("due_date")
    @classmethod
    def _not_before_issue(cls, value: date, info: ValidationInfo) -> date:
        issued = info.data.get("issue_date")
        if issued and value < issued:
            raise ValueError("must not be before issue_date")
        return value

    def invoice(self) -> PreviewInvoice:
        """Return the invoice."""
        amount = Money(self.amount, self.currency)
        return PreviewInvoice(self.number, amount, self.issue_date, self.due_date)


class HappeningBody(Body):
    """What happens to an invoice. `amount` left out: all that is owed then; a dispute with one sets
    that part aside. `until` is a day of the customer's: a hold or dispute ends as it begins, a
    promise covers all of it and `grace_days` more (a promise that is really taken has 7 unless it
    says otherwise), or until `amount` is paid. `approval` and `refusal` decide what is asked about
    the invoice then; without them nobody decides.
    """

    at: Instant
    type: Literal[
        "payment",
        "credit_note",
        "hold",
        "release",
        "dispute",
        "promise",
        "void",
        "approval",
        "refusal",
    ]
    invoice: Number
    amount: Amount | None = None
    until: Day | None = None
    grace_days: Annotated[int, Field(ge=0, le=MOST_GRACE_DAYS)] = 0

    def happening(self) -> Happening:
        """Return the happening."""
        kind = HappeningType(self.type)
        return Happening(
            self.at, kind, self.invoice, self.amount, self.until, grace_days=self.grace_days
        )


class PreviewBody(Body):
    """A dry run from `from` to `until`, both included. Nothing is stored, nothing is sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sequence": "seq_default",
                    "customer": {"country": "DE", "timezone": "Europe/Berlin", "locale": "de-DE"},
                    "invoices": [
                        {
                            "number": "R-1",
                            "amount": 119000,
                            "currency": "eur",
                            "issue_date": "2026-03-02",
                            "due_date": "2026-03-16",
                        }
                    ],
                    "happenings": [
                        {"at": "2026-03-25T10:00:00Z", "type": "payment", "invoice": "R-1"}
                    ],
                    "from": "2026-03-02T00:00:00Z",
                    "until": "2026-05-01T00:00:00Z",
                }
            ]
        }
    )

    sequence: Annotated[
        Annotated[SequenceId, Tag("<id>")] | Annotated[SequenceBody, Tag("<object>")],
        Discriminator(id_or_object),
    ]
    customer: PreviewCustomerBody
    invoices: Annotated[list[PreviewInvoiceBody], Field(min_length=1, max_length=MOST_INVOICES)]
    happenings: Annotated[list[HappeningBody], Field(max_length=MOST_HAPPENINGS)] = Field(
        default_factory=list
    )
    start: Instant = Field(alias="from")
    until: Instant

    @field_validator("invoices")
    @classmethod
    def _told_apart(cls, value: list[PreviewInvoiceBody]) -> list[PreviewInvoiceBody]:
        if len({invoice.number for invoice in value}) < len(value):
            raise ValueError("must have different numbers")
        return value

    @field_validator("until")
    @classmethod
    def _a_while(cls, value: date, info: ValidationInfo) -> date:
        start = info.data.get("start")
        if start and not 0 <= (value - start).days <= MOST_DAYS:
            raise ValueError(f"must be at most {MOST_DAYS} days after `from`, and not before it")
        return value

    def check_happenings(self) -> None:
        """Raise InvalidError that names every happening whose invoice isn't among those given."""
        numbers = {invoice.number for invoice in self.invoices}
        faults = tuple(
            FieldError(f"/happenings/{index}/invoice", "must be the number of an invoice above")
            for index, happening in enumerate(self.happenings)
            if happening.invoice not in numbers
        )
        if faults:
            raise InvalidError("Something happens to invoices that aren't given.", fields=faults)
