"""A dispute: what is set aside of an invoice, why, until when, and how that ended."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.dispute import Dispute
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.bodies.disputes import ReasonWord
from chalicelib.handlers.shapes.common import DateText, Timestamp, timestamp, timestamp_or_none


class DisputeShape(TypedDict):
    """A dispute. `amount` null: all that remains. `task` is the newest task about it, and
    `amount_credited` what it took off the invoice, by `credit_note`."""

    id: str
    object: Literal["dispute"]
    livemode: bool
    status: Literal["open", "resolved", "expired", "settled"]
    outcome: Literal["accepted", "partly_accepted", "rejected", "withdrawn"] | None
    kind: Literal["dispute", "deduction"]
    customer: str
    invoice: str
    reason: ReasonWord
    amount: int | None
    currency: str
    words: str | None
    source: str
    assignee: str | None
    deadline: DateText
    at_deadline: Literal["resume", "hold_for_person"]
    amount_credited: int
    credit_note: str | None
    note: str | None
    task: str | None
    created_at: Timestamp
    ended_at: Timestamp | None


def dispute_shape(dispute: Dispute) -> DisputeShape:
    """Write a dispute."""
    return DisputeShape(
        id=dispute.id,
        object="dispute",
        livemode=dispute.tenant.mode is Mode.LIVE,
        status=dispute.status.value,
        outcome=dispute.outcome.value if dispute.outcome else None,
        kind=dispute.kind.value,
        customer=dispute.customer_id,
        invoice=dispute.invoice_id,
        reason=dispute.reason.value,
        amount=dispute.amount,
        currency=dispute.currency.code,
        words=dispute.words,
        source=dispute.source,
        assignee=dispute.assignee,
        deadline=dispute.deadline.isoformat(),
        at_deadline=dispute.at_deadline.value,
        amount_credited=dispute.credited,
        credit_note=dispute.credit_note,
        note=dispute.note,
        task=dispute.task,
        created_at=timestamp(dispute.created_at),
        ended_at=timestamp_or_none(dispute.ended_at),
    )
