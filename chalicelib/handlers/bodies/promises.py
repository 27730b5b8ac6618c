"""Bodies of promises to pay."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator

from chalicelib.domain.promise import (
    MOST_DATES,
    MOST_DAYS_AHEAD,
    MOST_GRACE_DAYS,
    MOST_INVOICES,
    USUAL_GRACE_DAYS,
    PromisedDate,
    Source,
)
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import (
    Amount,
    CurrencyCode,
    Day,
    InvoiceId,
    Label,
    Note,
)
from chalicelib.services.take_promise import NewPromise


class PromisedDateBody(Body):
    """How much is to come by a day of the customer's."""

    date: Day
    amount: Amount


class PromiseBody(Body):
    """What a customer promised to pay, and when. The amounts of all dates together may not exceed
    what is owed on the invoices, which are one customer's and in one currency. The last date is at
    most 90 days ahead. A date is kept if its money is there within `grace_days` after it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "invoices": ["in_01KPF4M8Q0ABCDEF01KPF4M8Q1ABCDEF"],
                    "currency": "eur",
                    "dates": [
                        {"date": "2036-04-10", "amount": 60000},
                        {"date": "2036-04-30", "amount": 59000},
                    ],
                    "source": "phone",
                    "taken_by": "Frau Krause",
                    "note": "Waits for a payment of her own.",
                }
            ]
        }
    )

    invoices: Annotated[list[InvoiceId], Field(min_length=1, max_length=MOST_INVOICES)]
    currency: CurrencyCode
    dates: Annotated[
        list[PromisedDateBody],
        Field(
            min_length=1,
            max_length=MOST_DATES,
            description=f"In order; at most {MOST_DAYS_AHEAD} days ahead.",
        ),
    ]
    grace_days: Annotated[int, Field(ge=0, le=MOST_GRACE_DAYS)] = USUAL_GRACE_DAYS
    source: Literal["phone", "email", "sms", "letter", "meeting", "portal", "other"]
    taken_by: Label | None = None
    note: Note | None = None

    @field_validator("invoices")
    @classmethod
    def _once_each(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("must be different invoices")
        return value

    def order(self) -> NewPromise:
        """Return what the use case takes."""
        return NewPromise(
            invoices=tuple(self.invoices),
            currency=self.currency,
            dates=tuple(PromisedDate(each.date, each.amount) for each in self.dates),
            grace_days=self.grace_days,
            source=Source(self.source),
            taken_by=self.taken_by,
            note=self.note,
        )
