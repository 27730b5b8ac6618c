"""The fields of a sequence, with what the API reference says of each, as posted and as answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.money import MAX_AMOUNT
from chalicelib.domain.sequence import MAX_OFFSET_DAYS

DoWord = Annotated[
    Literal["email", "sms", "letter", "call", "fee", "interest", "charge", "service", "escalate"],
    Field(
        description="What the step does. `email` and `sms` are sent by Dunlin; every other kind "
        "becomes a task for a person."
    ),
]
OffsetDays = Annotated[
    int,
    Field(
        ge=-MAX_OFFSET_DAYS,
        le=MAX_OFFSET_DAYS,
        description="The step's day: local days from the due date, negative before it. Steps "
        "stand in the order of their days.",
    ),
]
MinAmount = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_AMOUNT,
        description="The step is skipped while less than this, in minor units, is still owed.",
    ),
]
MinPercent = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        description="The step is skipped while less than this share of the invoice is still owed.",
    ),
]
Legal = Annotated[
    bool,
    Field(
        description="Whether the step is a legal notice, which also goes to customers who refused "
        "reminders on the channel (not to who refused everything). Left out: the message "
        "`notice_final` is one, no other."
    ),
]
CatchUpWord = Annotated[
    Literal["latest", "next"],
    Field(
        description="Which of several missed steps runs (an invoice posted late, a pause that "
        "ended, an outage). `latest`: the last one whose day has come; those before it are "
        "skipped. `next`: the earliest that is still to do, and each further one keeps its "
        "distance in days from the one really done before it."
    ),
]
GraceDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_OFFSET_DAYS,
        description="Days overdue up to which an invoice doesn't count as overdue: steps after "
        "the due date run on the day after them at the earliest.",
    ),
]
MinGapDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_OFFSET_DAYS,
        description="Local days that lie at least between two messages to the same customer, "
        "about whatever invoice.",
    ),
]
Bundle = Annotated[
    bool,
    Field(
        description="Whether invoices of a customer that are due for a message by the same "
        "channel go out as one."
    ),
]
WINDOW = (
    "When messages may go out, in the customer's local time. null: at once, at any hour of any day."
)
SkipHolidays = Annotated[
    bool, Field(description="Whether public holidays of the customer's country are closed days.")
]
