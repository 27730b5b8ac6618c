"""Bodies and parameters of disputes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.dispute import (
    ASKS_AGAIN,
    AtDeadline,
    DisputeKind,
    DisputeOutcome,
    DisputeReason,
)
from chalicelib.domain.money import Currency, Money
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import (
    SOURCE,
    Amount,
    CurrencyCode,
    CustomerId,
    Day,
    DisputeId,
    InvoiceId,
    Label,
    Note,
    Number,
)
from chalicelib.handlers.bodies.queries import ListQuery
from chalicelib.services.open_dispute import NewDispute
from chalicelib.services.resolve_dispute import Decision

ReasonWord = Literal[
    "wrong_price",
    "wrong_quantity",
    "not_delivered",
    "damaged",
    "defective",
    "already_paid",
    "duplicate",
    "wrong_customer",
    "missing_purchase_order",
    "tax",
    "terms",
    "other",
]
Words = Annotated[Note, Field(min_length=1)]


def _goes_with(amount: str) -> Any:  # noqa: ANN401 - a validator
    """Return a check that a currency stands where that amount does, and only there."""

    def check(_cls: type, value: Currency | None, info: ValidationInfo) -> Currency | None:
        if amount in info.data and (info.data[amount] is None) != (value is None):
            raise ValueError(f"is required with {amount}, and stands with it only")
        return value

    return field_validator("currency")(classmethod(check))


class DisputeBody(Body):
    """What a customer disputes of an open invoice. Without `amount` and its `currency`: all that
    remains, whatever that comes to; with it, that part is set aside and the rest is followed up.

    A `deduction` is what a payment left unpaid, so it takes no amount. `words` are the customer's.
    `deadline` is the last local day on which it is set aside, at most 366 days ahead; left out, the
    creditor's own number of days (30) from today. Then follow-up goes on (`resume`), or a person
    gets a task and 14 days more (`hold_for_person`). With `confirm` the customer gets a message.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "invoice": "in_01J8ZK3V2QWERTY001J8ZK3V2QWERTY0",
                    "reason": "damaged",
                    "amount": 30000,
                    "currency": "eur",
                    "words": "Three of ten boxes were broken.",
                    "source": "email",
                    "assignee": "ana@example.com",
                }
            ]
        }
    )

    invoice: InvoiceId
    reason: ReasonWord
    kind: Literal["dispute", "deduction"] = "dispute"
    amount: Amount | None = None
    currency: CurrencyCode | None = Field(default=None, validate_default=True)
    words: Words | None = None
    source: Annotated[str, Field(pattern=SOURCE)] = "api"
    assignee: Label | None = None
    deadline: Day | None = None
    at_deadline: Literal["resume", "hold_for_person"] = "resume"
    confirm: bool = False

    _paired = _goes_with("amount")

    @field_validator("amount")
    @classmethod
    def _not_of_a_deduction(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("kind") == "deduction":
            raise ValueError("must be left out: a deduction is all that a payment left unpaid")
        return value

    def order(self) -> NewDispute:
        """Return what the use case takes."""
        return NewDispute(
            invoice_id=self.invoice,
            reason=DisputeReason(self.reason),
            source=self.source,
            kind=DisputeKind(self.kind),
            amount=_money(self.amount, self.currency),
            words=self.words,
            assignee=self.assignee,
            deadline=self.deadline,
            at_deadline=AtDeadline(self.at_deadline),
            confirm=self.confirm,
        )


class AssignBody(Body):
    """Who sees to a dispute."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignee": "ana@example.com"}]})

    assignee: Label


class ExtendBody(Body):
    """The last local day on which a dispute is set aside: not before the present one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deadline": "2036-05-01"}]})

    deadline: Day


class ResolveBody(Body):
    """What is decided. `accepted` makes a credit note over all that is disputed, `partly_accepted`
    one over `credit` (less than that); after `rejected` and `withdrawn` all of it is asked for.
    With `confirm` the customer gets a message that says so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "partly_accepted",
                    "credit": 20000,
                    "currency": "eur",
                    "number": "CN-2026-0007",
                    "note": "Two of the boxes were broken.",
                }
            ]
        }
    )

    outcome: Literal["accepted", "partly_accepted", "rejected", "withdrawn"]
    credit: Amount | None = Field(default=None, validate_default=True)
    currency: CurrencyCode | None = Field(default=None, validate_default=True)
    number: Number | None = None
    note: Note | None = None
    confirm: bool = False

    _paired = _goes_with("credit")

    @field_validator("credit")
    @classmethod
    def _of_a_part(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "outcome" in info.data and (info.data["outcome"] == "partly_accepted") != bool(value):
            raise ValueError("is required with partly_accepted, and stands with it only")
        return value

    @field_validator("number")
    @classmethod
    def _of_a_credit_note(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("outcome") in {each.value for each in ASKS_AGAIN}:
            raise ValueError("is a credit note's, and this outcome makes none")
        return value

    def decision(self) -> Decision:
        """Return what the use case takes."""
        return Decision(
            outcome=DisputeOutcome(self.outcome),
            credit=_money(self.credit, self.currency),
            number=self.number,
            note=self.note,
            confirm=self.confirm,
        )


class DisputesQuery(ListQuery):
    """A page of disputes, of one customer or status where one is named."""

    starting_after: DisputeId | None = None
    ending_before: DisputeId | None = None
    customer: CustomerId | None = None
    status: Literal["open", "resolved", "expired", "settled"] | None = None


def _money(amount: int | None, of: Currency | None) -> Money | None:
    return None if amount is None or of is None else Money(amount, of)
