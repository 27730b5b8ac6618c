"""What is charged on an invoice that is late, and what is waived of it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from chalicelib.domain.charging import CompensationDemand, Demand, FeeDemand, InterestDemand
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.money import MAX_AMOUNT
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Amount, CurrencyCode, Day, Label
from chalicelib.handlers.bodies.rates import LawCode, Percent
from chalicelib.services.add_charge import NewCharge
from chalicelib.services.waive_charge import NewWaiver

MOST_TIERS = 20
ChargeWord = Literal["fee", "interest", "compensation"]
OF_KIND: dict[str, frozenset[str]] = {
    "fee": frozenset({"amount", "currency", "percent", "tiers", "at_least", "at_most"}),
    "interest": frozenset({"since", "until", "percent", "law"}),
    "compensation": frozenset({"law"}),
}
"""Which fields go with which kind."""


class TierBody(Body):
    """A fee on a debt of at most `up_to` (left out: of any size): an `amount` or a `percent`."""

    up_to: Amount | None = None
    amount: Amount | None = None
    percent: Percent | None = Field(default=None, validate_default=True)

    @field_validator("percent")
    @classmethod
    def _one_of_both(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "amount" in info.data and (value is None) == (info.data["amount"] is None):
            raise ValueError("is required, or `amount` instead, and not both")
        return value

    def tier(self) -> FeeTier:
        """Return the tier."""
        return FeeTier(self.up_to, self.amount, self.percent)


class ChargeBody(Body):
    """What is charged.

    A `fee`: an `amount` with its `currency`, a `percent` of what is owed of the invoice itself, or
    `tiers` by that; `at_least` and `at_most` bound it. `interest`: for the days up to `until` (left
    out: today) that bear none yet, at `percent` a year, or by the `law` of a country, or by the
    creditor's policy. `compensation`: the lump sum of the law.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "fee", "amount": 500, "currency": "eur", "reason": "Second reminder"},
                {"kind": "interest", "until": "2026-04-30"},
                {"kind": "compensation", "law": "DE"},
            ]
        }
    )

    kind: ChargeWord
    amount: Amount | None = None
    currency: CurrencyCode | None = Field(default=None, validate_default=True)
    percent: Percent | None = None
    tiers: Annotated[list[TierBody], Field(min_length=1, max_length=MOST_TIERS)] | None = None
    at_least: Annotated[int, Field(ge=0, le=MAX_AMOUNT)] = 0
    at_most: Amount | None = None
    since: Day | None = None
    until: Day | None = None
    law: LawCode | None = None
    reason: Label | None = None

    @field_validator("currency")
    @classmethod
    def _with_amount(cls, value: CurrencyCode | None, info: ValidationInfo) -> CurrencyCode | None:
        if "amount" in info.data and (value is None) != (info.data["amount"] is None):
            raise ValueError("goes with an amount, and an amount with it")
        return value

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        others = self.model_fields_set - OF_KIND[self.kind] - {"kind", "reason"}
        if others:
            raise ValueError(f"{self.kind} takes no {', '.join(sorted(others))}")
        given = [each for each in (self.amount, self.percent, self.tiers) if each is not None]
        if self.kind == "fee" and len(given) != 1:
            raise ValueError("a fee has an amount, a percent or tiers, one of them")
        return self

    def order(self, invoice_id: str) -> NewCharge:
        """Return what the use case takes."""
        currency = self.currency.code if self.currency else None
        return NewCharge(invoice_id, self._demand(), self.reason, currency)

    def _demand(self) -> Demand:
        match self.kind:
            case "fee":
                return FeeDemand(self._rule())
            case "interest":
                return InterestDemand(self.since, self.until, self.percent, self.law)
            case "compensation":
                return CompensationDemand(self.law)

    def _rule(self) -> FeeRule:
        tiers = [each.tier() for each in self.tiers or ()]
        return FeeRule(
            tuple(tiers or [FeeTier(amount=self.amount, share=self.percent)]),
            at_least=self.at_least,
            at_most=self.at_most,
        )


class WaiverBody(Body):
    """Why a charge is waived, and how much of it (left out: all that is still owed)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Goodwill"}]})

    reason: Label
    amount: Amount | None = None

    def order(self, charge_id: str) -> NewWaiver:
        """Return what the use case takes."""
        return NewWaiver(charge_id, self.reason, self.amount)
