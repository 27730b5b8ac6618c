"""A fee that is added to what is owed. Without parameters a person adds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.interest import millionths
from chalicelib.domain.kinds.kind import Fault, Kind, Parameters
from chalicelib.domain.money import currency

if TYPE_CHECKING:
    from chalicelib.domain.sequence import Step


@dataclass(frozen=True, slots=True)
class FeeTierParameters(Parameters):
    """A fee on a debt of at most `up_to` (left out: of any size): an `amount` or a `percent`."""

    up_to: int | None = None
    amount: int | None = None
    percent: str | None = None

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.percent is None):
            raise ValueError("a tier has an amount or a percent")
        _positive(self.up_to, self.amount)
        _share(self.percent)


@dataclass(frozen=True, slots=True)
class FeeParameters(Parameters):
    """An `amount`, a `percent` of what is owed of the invoice itself (as text), `tiers` by that, or
    the lump sum of the `law` (`compensation`). Amounts are minor units of the `currency`: an
    invoice in another one becomes a task."""

    amount: int | None = None
    percent: str | None = None
    tiers: tuple[FeeTierParameters, ...] = ()
    at_least: int = 0
    at_most: int | None = None
    currency: str | None = None
    compensation: bool = False
    law: str | None = None

    def __post_init__(self) -> None:
        if self.is_unsaid:
            return
        given = [self.amount is not None, self.percent is not None, bool(self.tiers)]
        if [*given, self.compensation].count(True) != 1:
            raise ValueError("a fee has an amount, a percent, tiers or compensation, one of them")
        has_amounts = bool(self.amount or self.tiers or self.at_least or self.at_most)
        if has_amounts and self.currency is None:
            raise ValueError("amounts need their currency")
        if self.currency is not None:
            currency(self.currency)
        _positive(self.amount, self.at_most)
        if self.at_least < 0:
            raise ValueError("at_least must not be negative")
        _share(self.percent)
        if self.law and not self.compensation:
            raise ValueError("a law goes with compensation")
        law(self.law)

    @property
    def is_unsaid(self) -> bool:
        """Whether nothing is said."""
        given = (self.amount, self.percent, self.at_most, self.currency, self.law)
        return not (any(each is not None for each in given) or self._has_others)

    @property
    def _has_others(self) -> bool:
        return bool(self.tiers or self.at_least or self.compensation)


def _check(step: Step) -> Iterator[Fault]:
    if step.parameters.get("compensation") and step.offset_days <= 0:
        yield "offset_days", "must be after the due date, as only then the law gives compensation"


def _positive(*amounts: int | None) -> None:
    if any(each is not None and each <= 0 for each in amounts):
        raise ValueError("amounts must be greater than zero")


def _share(percent: str | None) -> None:
    if percent is not None:
        millionths(percent)


def law(country: str | None) -> None:
    """Raise ValueError for a country whose law of late payment isn't known."""
    from chalicelib.domain.late_payment import LAWS

    if country is not None and country not in LAWS:
        raise ValueError(f"law must be one of {', '.join(sorted(LAWS))}")


FEE = Kind("fee", by_dunlin=True, parameters=FeeParameters, check=_check)
