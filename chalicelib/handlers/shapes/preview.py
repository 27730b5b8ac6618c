"""What a dry run would do."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.preview import Entry
from chalicelib.handlers.sequence_fields import DoWord
from chalicelib.handlers.shapes.common import (
    DateText,
    ReasonText,
    Timestamp,
    timestamp,
    timestamp_or_none,
)


class EntryShape(TypedDict):
    """One dated decision. `invoices` are numbers; `until` is when a wait or pause ends.

    `amount_remaining` is what is owed on them then; null where they are in several currencies.
    `pay_by` is the day until which a message gives time to pay.
    `amount_charged` is what a fee or interest then adds to it.
    """

    at: Timestamp
    step: str | None
    do: DoWord | None
    invoices: list[str]
    outcome: Literal["send", "act", "skip", "wait", "pause", "close"]
    reason: ReasonText
    amount_remaining: int | None
    amount_charged: int | None
    until: Timestamp | None
    pay_by: DateText | None


class PreviewShape(TypedDict):
    """Every dated decision, in order."""

    object: Literal["preview"]
    entries: list[EntryShape]


def preview_shape(entries: list[Entry]) -> PreviewShape:
    """Write a preview."""
    return PreviewShape(object="preview", entries=[_entry(entry) for entry in entries])


def _entry(entry: Entry) -> EntryShape:
    return EntryShape(
        at=timestamp(entry.at),
        step=entry.step,
        do=entry.do.value if entry.do else None,
        invoices=list(entry.invoices),
        outcome=entry.outcome.value,
        reason=entry.reason.value,
        amount_remaining=entry.amount_remaining,
        amount_charged=entry.charged.amount if entry.charged else None,
        until=timestamp_or_none(entry.until),
        pay_by=entry.pay_by.isoformat() if entry.pay_by else None,
    )
