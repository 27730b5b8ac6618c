"""A fee: an amount, a share of what is owed, or either of them by the size of the debt."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.interest import half_up


@dataclass(frozen=True, slots=True)
class FeeTier:
    """What is charged on a debt of at most `up_to` (None: of any size): minor units, or
    millionths of it."""

    up_to: int | None = None
    amount: int | None = None
    share: int | None = None

    def of(self, debt: int) -> int:
        """Return the fee in minor units; a share is rounded half up."""
        if self.amount is not None:
            return self.amount
        return half_up(Fraction(debt * (self.share or 0), 1_000_000))


@dataclass(frozen=True, slots=True)
class FeeRule:
    """Tiers by the size of the debt, lowest first, and the least and most that is charged."""

    tiers: tuple[FeeTier, ...]
    at_least: int = 0
    at_most: int | None = None

    def of(self, debt: int) -> tuple[int, FeeTier | None]:
        """Return the fee on a debt and the tier that says so; nothing above the last tier."""
        for tier in self.tiers:
            if tier.up_to is None or debt <= tier.up_to:
                fee = max(tier.of(debt), self.at_least)
                return (fee if self.at_most is None else min(fee, self.at_most)), tier
        return 0, None
