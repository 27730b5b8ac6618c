"""The fields of a sequence, with what the API reference says of each, as posted and as answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, WithJsonSchema

from chalicelib.domain import kinds
from chalicelib.domain.money import MAX_AMOUNT, UnknownCurrencyError, currency
from chalicelib.domain.sequence import ANY, MAX_OFFSET_DAYS


def _known(word: str) -> str:
    if not kinds.is_known(word):
        raise ValueError(f"must be {_listed(repr(kind.word) for kind in kinds.every())}")
    return word


def _by_currency(amounts: dict[str, int]) -> dict[str, int]:
    try:
        return {currency(code).code: amount for code, amount in amounts.items()}
    except UnknownCurrencyError as unknown:
        raise ValueError(
            f"must be by the ISO 4217 codes of currencies, like eur: {unknown}"
        ) from None


def _by_kind(most: dict[str, int]) -> dict[str, int]:
    known = [ANY, *(kind.word for kind in kinds.every() if kind.reaches)]
    if wrong := [word for word in most if word not in known]:
        raise ValueError(f"must be by {_listed(known)}, not by {wrong[0]}")
    return most


def _listed(words: Iterable[str], last: str = "or") -> str:
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


def _ways() -> str:
    """Say how each kind of step is done."""
    sent = [f"`{kind.word}`" for kind in kinds.every() if kind.channel]
    own = [f"`{kind.word}`" for kind in kinds.every() if kind.by_dunlin]
    says = f"What the step does. {_listed(sent, 'and')} are sent by Dunlin; "
    if own:
        says += f"{_listed(own, 'and')} are carried out by it; "
    return f"{says}every other kind becomes a task for a person."


def _parameters() -> dict[str, Any]:
    """Return the schema of what the kinds want to know."""
    known = [TypeAdapter(kind.parameters) for kind in kinds.every() if kind.parameters]
    return {"anyOf": [*(_whole(each.json_schema()) for each in known), {"type": "null"}]}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with its definitions where they are named: it stands within another."""
    definitions = schema.pop("$defs", {})

    def resolved(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON schema
        if isinstance(part, list):
            return [resolved(each) for each in part]
        if not isinstance(part, dict):
            return part
        if named := part.get("$ref"):
            return resolved(definitions[named.rpartition("/")[2]])
        return {name: resolved(each) for name, each in part.items()}

    return {name: resolved(each) for name, each in schema.items()}


DoWord = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema(
        {
            "type": "string",
            "enum": [kind.word for kind in kinds.every()],
            "description": _ways(),
        }
    ),
]
_WANTED = "What the step's kind wants to know beyond that; null where it wants nothing."
GivenParameters = Annotated[
    dict[str, Any] | None, WithJsonSchema({**_parameters(), "description": _WANTED})
]
ScopeWord = Annotated[
    Literal["invoice", "account"],
    Field(
        description="What the steps from the due date on follow: each `invoice` by its own clock, "
        "or the customer's `account`, one per sequence and currency. There the oldest due invoice "
        "that is followed up leads: its clock counts, and each message names all that are due. "
        "Steps before the due date always follow the invoice.",
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
        description="The step is skipped while less than this, in minor units, is still owed "
        "(by account: on all due invoices of the account together).",
    ),
]
MinAmounts = Annotated[
    dict[str, Annotated[int, Field(ge=0, le=MAX_AMOUNT)]],
    AfterValidator(_by_currency),
    Field(
        max_length=50,
        description="Takes the place of `min_amount` in the currencies that it names.",
    ),
]
PayWithinDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_OFFSET_DAYS,
        description="A fresh time to pay: the message names the day until which to pay, so many "
        "local days after the one it is sent on, moved on to a working day of the customer's "
        "banks. Until that day is over, no later step of the invoice runs. 0: none. A message "
        "about several invoices names the latest day of its steps; where nothing of it is overdue, "
        "none before the last due date.",
    ),
]
MinPercent = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        description="The step is skipped while less than this share of the invoice is still owed "
        "(by account: of all due invoices of the account together).",
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
QuietDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_OFFSET_DAYS,
        description="Local days from any contact with the customer to the next one that a step "
        "makes. `min_gap_days` counts what Dunlin sent, and holds back what it sends; quiet days "
        "count calls, letters and whatever was told by `POST /v1/customers/{id}/contacts` as well, "
        "in both directions, and hold back calls and letters, too.",
    ),
]
MaxContacts = Annotated[
    dict[str, Annotated[int, Field(ge=1, le=100)]],
    AfterValidator(_by_kind),
    Field(
        max_length=20,
        description="How often the customer is contacted at most within any seven local days, over "
        "all invoices: by kind of step (`email`, `sms`, `letter`, `call`), or `any` for all "
        "together. A step that is handed to a person counts on that day, and once its task is "
        "completed on the day of that.",
    ),
]
CallRulesWord = Annotated[
    Literal["us_regulation_f"],
    Field(
        description="Rules that steps of the kind `call` keep, whatever else holds. "
        "`us_regulation_f`: no more than seven tries in seven days about one invoice, none within "
        "seven days of a conversation about it, from 8:00 to 21:00 at the customer's place "
        "(12 CFR 1006.14(b)(2), 1006.6(b)(1))."
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
