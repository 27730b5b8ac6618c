"""Charges: what is asked beside an invoice because it is paid late, and why."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain import ids
from chalicelib.domain.charge import Basis, Charge
from chalicelib.domain.interest import PERCENT, InterestPart
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import DateText, Timestamp, timestamp


class InterestPartShape(TypedDict):
    """Days that bore interest alike: from `since` to `until`, both within, on `principal`.

    `percent` is a year's, `base_percent` the reference rate within it.
    """

    since: DateText
    until: DateText
    days: int
    principal: int
    percent: str
    base_percent: str | None
    amount: int


class BasisShape(TypedDict):
    """Why a charge has its amount. `principal` is what was owed of the invoice itself.

    `percent` is a fee's, `bounded` says that its least or most held. `law` is the country by whose
    law it is charged, `source` the rule. What a sum of interest was rounded off is carried over to
    the next: `carried_over` came from the one before, `carried` goes on, in fractions of a minor
    unit.
    """

    principal: int
    percent: str | None
    bounded: bool
    law: str | None
    source: str | None
    day_count: Literal["actual_365", "actual_actual", "actual_360"] | None
    rounding: Literal["at_end", "daily"] | None
    parts: list[InterestPartShape]
    carried_over: str | None
    carried: str | None


class WaivedShape(TypedDict):
    """How much of a charge a waiver takes back."""

    charge: str
    amount: int


class ChargeShape(TypedDict):
    """A charge, in minor units of `currency`; a `waiver` is negative and says what it waives.

    `step` is the step of the sequence that charged it.
    """

    id: str
    object: Literal["charge"]
    livemode: bool
    customer: str
    invoice: str
    kind: Literal["fee", "interest", "compensation", "waiver"]
    currency: str
    amount: int
    reason: str | None
    step: str | None
    basis: BasisShape | None
    waives: list[WaivedShape]
    created_at: Timestamp


def charge_shape(charge: Charge) -> ChargeShape:
    """Write a charge."""
    return ChargeShape(
        id=charge.id,
        object="charge",
        livemode=charge.tenant.mode is Mode.LIVE,
        customer=ids.owner_of(charge.id),
        invoice=charge.invoice_id,
        kind=charge.kind.value,
        currency=charge.currency.code,
        amount=charge.amount,
        reason=charge.reason,
        step=charge.step,
        basis=_basis(charge.basis) if charge.basis else None,
        waives=[WaivedShape(charge=each.charge_id, amount=each.amount) for each in charge.waives],
        created_at=timestamp(charge.created_at),
    )


def _basis(basis: Basis) -> BasisShape:
    return BasisShape(
        principal=basis.principal,
        percent=_percent(basis.share),
        bounded=basis.bounded,
        law=basis.law,
        source=basis.source,
        day_count=basis.day_count.value if basis.day_count else None,
        rounding=basis.rounding.value if basis.rounding else None,
        parts=[_part(each) for each in basis.parts],
        carried_over=basis.carried_over,
        carried=basis.carried,
    )


def _part(part: InterestPart) -> InterestPartShape:
    return InterestPartShape(
        since=part.since.isoformat(),
        until=part.until.isoformat(),
        days=part.days,
        principal=part.principal,
        percent=_percent(part.rate) or "0",
        base_percent=_percent(part.base),
        amount=part.amount,
    )


def _percent(millionths: int | None) -> str | None:
    """Write millionths as percent, exactly: 102700 is 10.27."""
    if millionths is None:
        return None
    whole, rest = divmod(abs(millionths), PERCENT)
    text = f"{whole}.{rest:04}".rstrip("0").rstrip(".")
    return f"-{text}" if millionths < 0 else text
