"""The conditions of segments in the contract's form: a small closed language.

    {"all": [{"fact": "balance", "currency": "eur", "gte": 500000},
             {"any": [{"fact": "risk_grade", "in": ["D", "E"]},
                      {"fact": "share_paid_late", "gt": 50}]}]}

Groups stand within groups twice at most, so every rule can be written as a choice of combinations
or a combination of choices, and the schema says exactly what is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from chalicelib.domain.money import MAX_AMOUNT
from chalicelib.domain.segment import (
    MOST_VALUES,
    OF_MONEY,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Measure,
    Not,
    OneOf,
    Trait,
)
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import CurrencyCode, Label

MOST_PARTS = 20
BOUNDS = ("gte", "gt", "lte", "lt")

Limit = Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]


class _Compared(Body):
    """A fact that lies within bounds."""

    gte: Limit = Field(default_factory=int)
    gt: Limit = Field(default_factory=int)
    lte: Limit = Field(default_factory=int)
    lt: Limit = Field(default_factory=int)

    @model_validator(mode="after")
    def _bounded(self) -> _Compared:
        if not self.model_fields_set.intersection(BOUNDS):
            raise ValueError(f"needs a bound: {', '.join(BOUNDS)}")
        return self

    def between(self, measure: Measure) -> Between:
        """Return the comparison with the bounds that were given."""
        given = self.model_fields_set
        return Between(
            measure,
            gte=self.gte if "gte" in given else None,
            gt=self.gt if "gt" in given else None,
            lte=self.lte if "lte" in given else None,
            lt=self.lt if "lt" in given else None,
        )


class AmountBody(_Compared):
    """Minor units of a currency: the invoice's `amount`, what is `remaining` of it, or the
    customer's whole `balance`. It doesn't hold for invoices in another currency."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 3})

    fact: Literal["amount", "remaining", "balance"]
    currency: CurrencyCode

    def condition(self) -> Condition:
        """Return the comparison."""
        return replace(self.between(Measure(self.fact)), currency=self.currency.code)


class NumberBody(_Compared):
    """A number. `days_overdue` are local days since the due date (negative before it) and
    `days_since_first_invoice` since the earliest issue date; `credit_limit_used` is the balance in
    percent of the credit limit in the invoice's currency, `paid_invoices` how many were paid so
    far, `share_paid_late` how many percent of them after their due date, `average_days_late` by how
    many days on average (0 for the punctual), `broken_promises` how many promises were. Percents
    and averages are rounded down. Without a limit, or before the first invoice is paid, what it
    takes isn't known, and doesn't hold."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    fact: Literal[
        "days_overdue",
        "days_since_first_invoice",
        "credit_limit_used",
        "paid_invoices",
        "share_paid_late",
        "average_days_late",
        "broken_promises",
    ]

    def condition(self) -> Condition:
        """Return the comparison."""
        return self.between(Measure(self.fact))


class WordsBody(Body):
    """Holds for the listed countries (DE), currencies (eur) or risk grades, or for customers who
    have at least one of the listed tags."""

    fact: Literal["country", "currency", "risk_grade", "tags"]
    words: Annotated[list[Label], Field(min_length=1, max_length=MOST_VALUES)] = Field(alias="in")

    def condition(self) -> Condition:
        """Return the comparison."""
        return OneOf(Trait(self.fact), tuple(self.words))


def _member(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """Say which member of the union of conditions a value is meant to be."""
    if not isinstance(value, dict):
        return _TAG_OF.get(type(value))
    fact = value.get("fact")
    if fact in set(OF_MONEY):
        return "<amount>"
    if fact in set(Measure):
        return "<number>"
    if fact in set(Trait):
        return "<words>"
    return "<group>" if value.keys() & {"all", "any", "not"} else None


_UNKNOWN = "must be all, any, not, or the comparison of a fact"
_COMPARISONS = Discriminator(_member, custom_error_type="condition", custom_error_message=_UNKNOWN)
Comparison = Annotated[
    Annotated[AmountBody, Tag("<amount>")]
    | Annotated[NumberBody, Tag("<number>")]
    | Annotated[WordsBody, Tag("<words>")],
    _COMPARISONS,
]


class _Group(Body):
    """Exactly one of `all`, `any` and `not`."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="after")
    def _one(self) -> _Group:
        if len(self.model_fields_set) != 1:
            raise ValueError("must have exactly one of all, any and not")
        return self

    def condition(self) -> Condition:
        """Return the group with all that is in it."""
        [name] = self.model_fields_set
        given = getattr(self, name)
        if name == "denied":
            return Not(given.condition())
        parts = tuple(each.condition() for each in given)
        return AllOf(parts) if name == "every" else AnyOf(parts)


def _parts(alias: str) -> Any:  # noqa: ANN401 - a field of pydantic's
    """Return a field that may be left out; only the one that is given is ever read."""
    return Field(default_factory=list, alias=alias)


class InnerGroupBody(_Group):
    """`all`, `any` or `not` of comparisons."""

    every: Annotated[list[Comparison], Field(min_length=1, max_length=MOST_PARTS)] = _parts("all")
    some: Annotated[list[Comparison], Field(min_length=1, max_length=MOST_PARTS)] = _parts("any")
    denied: Comparison = _parts("not")


Within = Annotated[
    Annotated[AmountBody, Tag("<amount>")]
    | Annotated[NumberBody, Tag("<number>")]
    | Annotated[WordsBody, Tag("<words>")]
    | Annotated[InnerGroupBody, Tag("<group>")],
    _COMPARISONS,
]


class MiddleGroupBody(_Group):
    """`all`, `any` or `not` of comparisons and of groups of them."""

    every: Annotated[list[Within], Field(min_length=1, max_length=MOST_PARTS)] = _parts("all")
    some: Annotated[list[Within], Field(min_length=1, max_length=MOST_PARTS)] = _parts("any")
    denied: Within = _parts("not")


Nested = Annotated[
    Annotated[AmountBody, Tag("<amount>")]
    | Annotated[NumberBody, Tag("<number>")]
    | Annotated[WordsBody, Tag("<words>")]
    | Annotated[MiddleGroupBody, Tag("<group>")],
    _COMPARISONS,
]


class GroupBody(_Group):
    """`all`, `any` or `not` of comparisons and of groups that hold groups at most once more."""

    every: Annotated[list[Nested], Field(min_length=1, max_length=MOST_PARTS)] = _parts("all")
    some: Annotated[list[Nested], Field(min_length=1, max_length=MOST_PARTS)] = _parts("any")
    denied: Nested = _parts("not")


ConditionBody = Annotated[
    Annotated[AmountBody, Tag("<amount>")]
    | Annotated[NumberBody, Tag("<number>")]
    | Annotated[WordsBody, Tag("<words>")]
    | Annotated[GroupBody, Tag("<group>")],
    _COMPARISONS,
]
_TAG_OF: dict[type, str] = {
    AmountBody: "<amount>",
    NumberBody: "<number>",
    WordsBody: "<words>",
    **dict.fromkeys((InnerGroupBody, MiddleGroupBody, GroupBody), "<group>"),
}
