"""Promises to pay."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.promise import Promise, PromisedDate, PromiseStatus
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import (
    DateText,
    Timestamp,
    timestamp,
    timestamp_or_none,
)


class PromisedDateShape(TypedDict):
    """How much is to come by a day of the customer's, and whether it came in time."""

    date: DateText
    amount: int
    status: Literal["open", "kept", "broken", "cancelled"]


class PromiseShape(TypedDict):
    """A promise to pay. `amount` is what is promised in all, `amount_received` what came in on its
    invoices since; `judged_at` is when the next date and its days of grace are over."""

    id: str
    object: Literal["promise"]
    livemode: bool
    customer: str
    status: Literal["open", "kept", "partly_kept", "broken", "cancelled"]
    ended_by: (
        Literal["paid", "day_passed", "cancelled", "credited", "void", "written_off", "disputed"]
        | None
    )
    currency: str
    amount: int
    amount_received: int
    dates: list[PromisedDateShape]
    invoices: list[str]
    grace_days: int
    source: Literal["phone", "email", "sms", "letter", "meeting", "portal", "other"]
    taken_by: str | None
    note: str | None
    judged_at: Timestamp | None
    created_at: Timestamp
    ended_at: Timestamp | None


def promise_shape(promise: Promise) -> PromiseShape:
    """Write a promise."""
    return PromiseShape(
        id=promise.id,
        object="promise",
        livemode=promise.tenant.mode is Mode.LIVE,
        customer=promise.customer_id,
        status=promise.status.value,
        ended_by=promise.ended_by.value if promise.ended_by else None,
        currency=promise.currency.code,
        amount=promise.amount,
        amount_received=promise.received,
        dates=[_date(promise, index, each) for index, each in enumerate(promise.dates)],
        invoices=list(promise.invoices),
        grace_days=promise.grace_days,
        source=promise.source.value,
        taken_by=promise.taken_by,
        note=promise.note,
        judged_at=timestamp(promise.until) if promise.is_open else None,
        created_at=timestamp(promise.created_at),
        ended_at=timestamp_or_none(promise.ended_at),
    )


_UNKEPT: dict[PromiseStatus, Literal["open", "broken", "cancelled"]] = {
    PromiseStatus.OPEN: "open",
    PromiseStatus.PARTLY_KEPT: "broken",
    PromiseStatus.BROKEN: "broken",
    PromiseStatus.CANCELLED: "cancelled",
}
"""How a date stands that wasn't kept; of a promise that was, there is none."""


def _date(promise: Promise, index: int, promised: PromisedDate) -> PromisedDateShape:
    status = "kept" if index < promise.kept else _UNKEPT[promise.status]
    return PromisedDateShape(date=promised.day.isoformat(), amount=promised.amount, status=status)
