"""What a billing system says of invoices, payments and credit notes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    ValidationInfo,
    field_validator,
)

from chalicelib.domain.invoice import Line
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.handlers.bodies.base import Body, Nothing
from chalicelib.handlers.bodies.customers import CustomerBody
from chalicelib.handlers.bodies.fields import (
    Amount,
    CurrencyCode,
    CustomerId,
    Day,
    Instant,
    Label,
    Metadata,
    Number,
    SequenceId,
    SignedAmount,
    Url,
)
from chalicelib.handlers.bodies.sizes import bounded, check_with_lines
from chalicelib.services.issue_credit_note import NewCreditNote
from chalicelib.services.post_invoice import NewInvoice
from chalicelib.services.record_payment import NewPayment

MOST_LINES = 100
MOST_IN_BATCH = 100

EXAMPLE: JsonValue = {
    "number": "R-2026-0042",
    "customer": {
        "external_id": "C-4711",
        "name": "Bäckerei Sonnenschein GmbH",
        "email": "rechnung@sonnenschein.example",
        "country": "DE",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
    },
    "currency": "eur",
    "amount": 119000,
    "issue_date": "2026-03-02",
    "due_date": "2026-03-16",
    "lines": [{"description": "Ökostrom, Februar", "amount": 119000}],
    "metadata": {"order": "A-17"},
}


def id_or_object(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """Say which member of a union `"<id>" | {…}` a value is meant to be."""
    if isinstance(value, str):
        return "<id>"
    return "<object>" if isinstance(value, dict | Body) else None


class LineBody(Body):
    """One line of an invoice; discounts are negative. The lines needn't add up to the amount."""

    description: Label
    amount: SignedAmount
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1


class InvoiceBody(Body):
    """A new invoice. `amount` is in minor units: 119000 with `eur` is €1,190.00.

    `lines` and `metadata` have at most 32 KiB together, as JSON in UTF-8.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    number: Number
    customer: Annotated[
        Annotated[CustomerId, Tag("<id>")] | Annotated[CustomerBody, Tag("<object>")],
        Discriminator(id_or_object),
    ]
    currency: CurrencyCode
    amount: Amount
    issue_date: Day
    due_date: Day
    lines: Annotated[list[LineBody], Field(max_length=MOST_LINES), AfterValidator(bounded)] = Field(
        default_factory=list
    )
    pdf_url: Url | None = None
    metadata: Metadata = Field(default_factory=dict)
    sequence: SequenceId | None = None

    @field_validator("due_date")
    @classmethod
    def _not_before_issue(cls, value: date, info: ValidationInfo) -> date:
        issued = info.data.get("issue_date")
        if issued and value < issued:
            raise ValueError("must not be before issue_date")
        return value

    @field_validator("metadata")
    @classmethod
    def _beside_lines(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        check_with_lines(value, info.data.get("lines", []))
        return value

    def order(self) -> NewInvoice:
        """Return what the use case takes."""
        return NewInvoice(
            number=self.number,
            customer=self.customer if isinstance(self.customer, str) else self.customer.order(),
            currency=self.currency,
            amount=self.amount,
            issue_date=self.issue_date,
            due_date=self.due_date,
            lines=tuple(Line(line.description, line.amount, line.quantity) for line in self.lines),
            pdf_url=self.pdf_url,
            metadata=self.metadata,
            sequence=self.sequence,
        )


class BatchBody(Body):
    """Up to 100 invoices, each checked and stored on its own, in this order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"invoices": [EXAMPLE]}]})

    invoices: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=MOST_IN_BATCH,
            json_schema_extra={"items": {"$ref": "#/components/schemas/InvoiceBody"}},
        ),
    ]


class CancelBody(Nothing):
    """Why an invoice is taken back, for the record; may be left out, as may the whole body."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Sent twice"}]})

    reason: Label | None = None


class PaymentBody(Body):
    """A payment that came outside Stripe. `currency` is the invoice's; `paid_at` is when it came.

    What is over pays the customer's other invoices, oldest due first; the rest becomes credit.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "amount": 119000,
                    "currency": "eur",
                    "paid_at": "2026-03-12T10:30:00Z",
                    "method": "bank_transfer",
                    "reference": "R-2026-0042",
                }
            ]
        }
    )

    amount: Amount
    currency: CurrencyCode
    paid_at: Instant
    method: Literal["bank_transfer", "check", "cash", "card", "other"]
    reference: Label | None = None

    def order(self, invoice_id: str) -> NewPayment:
        """Return what the use case takes."""
        return NewPayment(
            invoice_id=invoice_id,
            amount=Money(self.amount, self.currency),
            paid_at=self.paid_at,
            method=Method(self.method),
            reference=self.reference,
        )


class CreditNoteBody(Body):
    """An amount by which the invoice is lowered, and why. `currency` is the invoice's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": 9000, "currency": "eur", "reason": "Goods returned"}]
        }
    )

    amount: Amount
    currency: CurrencyCode
    reason: Label
    number: Number | None = None

    def order(self, invoice_id: str) -> NewCreditNote:
        """Return what the use case takes."""
        return NewCreditNote(
            invoice_id=invoice_id,
            amount=Money(self.amount, self.currency),
            reason=self.reason,
            number=self.number,
        )
