"""Where a payment as we have it and as the provider has it differ: pure comparison.

What counts is the money, and what holds reminders back: an open dispute. A payment that failed is
none, and neither side has to know of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.money import Currency
from chalicelib.domain.payment import Payment, PaymentStatus


class Difference(StrEnum):
    """In what they differ."""

    NOT_HERE = "not_here"
    NOT_THERE = "not_there"
    CURRENCY = "currency"
    STATUS = "status"
    AMOUNT = "amount"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    OPEN_DISPUTES = "open_disputes"


@dataclass(frozen=True, slots=True)
class Standing:
    """A payment as the provider has it, in minor units of the currency in which it was paid.

    That isn't the currency in which the provider settles with the creditor, and its fees aren't
    taken off. `refunded` and `disputed` are what was taken back in all, `open_disputes` the ids of
    those that aren't over; None: it wasn't said.
    """

    currency: Currency
    amount: int
    status: PaymentStatus
    refunded: int | None = None
    disputed: int | None = None
    open_disputes: frozenset[str] | None = None


def differences(here: Payment | None, there: Standing | None) -> tuple[Difference, ...]:
    """Return in what the two differ, nothing where they agree. None: that side has no payment."""
    if here is None:
        return (Difference.NOT_HERE,) if there and _counts(there.status) else ()
    if there is None:
        return (Difference.NOT_THERE,) if _counts(here.status) else ()
    if here.currency != there.currency:
        return (Difference.CURRENCY,) if _counts(here.status) or _counts(there.status) else ()
    return tuple(_of_the_same(here, there))


def _of_the_same(here: Payment, there: Standing) -> Iterator[Difference]:
    if here.status is not there.status:
        yield Difference.STATUS
        return
    if _counts(here.status) and here.amount != there.amount:
        yield Difference.AMOUNT
    if here.status is PaymentStatus.SUCCEEDED:
        if there.refunded not in {None, here.refunded}:
            yield Difference.REFUNDED
        if there.disputed not in {None, here.disputed}:
            yield Difference.DISPUTED
        if there.open_disputes is not None and _open_on_one_side(here, there.open_disputes):
            yield Difference.OPEN_DISPUTES


def _open_on_one_side(here: Payment, there: frozenset[str]) -> frozenset[str]:
    """Return disputes that only one side has open. An appeal opens none that was closed."""
    return (there ^ set(here.open_disputes)) - set(here.closed_disputes)


def _counts(status: PaymentStatus) -> bool:
    return status is not PaymentStatus.FAILED
