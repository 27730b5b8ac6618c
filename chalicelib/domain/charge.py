"""A charge: what is asked beside an invoice because it is paid late, or what is waived of that.

A charge is never an edit of the invoice, and says why it is what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.interest import DayCount, InterestPart, InterestRounding
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Tenant


class ChargeKind(StrEnum):
    """What is charged; a waiver takes some of it back."""

    FEE = "fee"
    INTEREST = "interest"
    COMPENSATION = "compensation"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Waived:
    """How much of a charge a waiver takes back, in minor units."""

    charge_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a charge has its amount.

    `principal` is what was owed of the invoice itself, in minor units. A fee has its `share` of it
    in millionths, unless it is a fixed amount, and `bounded` where the least or most held. Interest
    has its `parts` and, as an exact fraction of a minor unit, what came with it from the charge
    before and what it leaves to the next. `law` is the country whose law says so, `source` where.
    """

    principal: int
    share: int | None = None
    bounded: bool = False
    law: str | None = None
    source: str | None = None
    day_count: DayCount | None = None
    rounding: InterestRounding | None = None
    parts: tuple[InterestPart, ...] = ()
    carried_over: str | None = None
    carried: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Minor units of the invoice's currency; a waiver's are negative, and it says what it `waives`.
    `step` is the key of the sequence's step that charged it.

    `request` stands for the request that made it, if that had an Idempotency-Key.
    """

    id: str
    tenant: Tenant
    invoice_id: str
    kind: ChargeKind
    currency: Currency
    amount: int
    created_at: datetime
    reason: str | None = None
    basis: Basis | None = None
    waives: tuple[Waived, ...] = ()
    step: str | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def charged_until(self) -> date | None:
        """The last day for which it is interest."""
        return self.basis.parts[-1].until if self.basis and self.basis.parts else None

    @property
    def carried(self) -> Fraction:
        """What it leaves to the next charge of interest."""
        return Fraction(self.basis.carried or 0) if self.basis else Fraction(0)


def waived_of(charges: Iterable[Charge], charge_id: str) -> int:
    """Return how much of a charge was waived, in minor units."""
    parts = (part for charge in charges for part in charge.waives)
    return sum(part.amount for part in parts if part.charge_id == charge_id)


def waive_all(charges: tuple[Charge, ...], amount: int) -> tuple[Waived, ...]:
    """Spread what is waived of an invoice over its charges, the last one made first.

    What was paid of charges paid the first of them.
    """
    waived: list[Waived] = []
    for charge in reversed(charges):
        part = min(amount, charge.amount - waived_of(charges, charge.id))
        if charge.kind is not ChargeKind.WAIVER and part > 0:
            waived.append(Waived(charge.id, part))
            amount -= part
    return tuple(waived)
