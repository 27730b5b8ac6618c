"""Aging: since how many days what is owed is past due, in the buckets of thirty days that credit
departments use. Money that is on account clears the oldest debt first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from chalicelib.domain.allocation import OpenItem, allocate


class Bucket(StrEnum):
    """How many days something is past due, oldest last; what is due today is current."""

    CURRENT = "current"
    UP_TO_30 = "1_to_30"
    UP_TO_60 = "31_to_60"
    UP_TO_90 = "61_to_90"
    OVER_90 = "over_90"


_LAST_DAY = (
    (0, Bucket.CURRENT),
    (30, Bucket.UP_TO_30),
    (60, Bucket.UP_TO_60),
    (90, Bucket.UP_TO_90),
)


def bucket_of(days: int) -> Bucket:
    """Return the bucket of what has been past due for so many days (negative: not due yet)."""
    return next((bucket for last, bucket in _LAST_DAY if days <= last), Bucket.OVER_90)


def outstanding(items: Sequence[OpenItem], credit: int) -> tuple[int, ...]:
    """Return what is left of each item, in their order, once `credit` has cleared the oldest due.

    Minor units of one currency. Credit beyond all that is owed is left out.
    """
    cleared = {each.invoice_id: each.amount for each in allocate(credit, items)}
    return tuple(item.remaining - cleared.get(item.invoice_id, 0) for item in items)


def aged(items: Sequence[OpenItem], on: date, *, credit: int = 0) -> dict[Bucket, int]:
    """Return what is owed in each bucket on a local day of the customer's, less their `credit`.

    Minor units of one currency; the buckets add up to what is owed.
    """
    sums = dict.fromkeys(Bucket, 0)
    for item, left in zip(items, outstanding(items, credit), strict=True):
        sums[bucket_of((on - item.due_date).days)] += left
    return sums
