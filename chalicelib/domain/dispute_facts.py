"""Which events a change of a dispute is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.dispute import Dispute, DisputeStatus

Named = Iterator[tuple[str, dict[str, Any]]]


def dispute(before: Dispute | None, after: Dispute) -> Named:
    """Yield what became of a dispute."""
    data: dict[str, Any] = {
        "invoice": after.invoice_id,
        "kind": after.kind.value,
        "reason": after.reason.value,
        "amount": after.amount,
        "currency": after.currency.code,
        "deadline": after.deadline.isoformat(),
    }
    if before is None:
        yield "dispute.opened", data
        return
    if before.assignee != after.assignee and after.assignee:
        yield "dispute.assigned", {**data, "assignee": after.assignee}
    if before.deadline != after.deadline:
        yield "dispute.extended", data
    if before.status is not after.status:
        yield f"dispute.{after.status.value}", {**data, **_end(after)}


def _end(after: Dispute) -> dict[str, Any]:
    if after.status is not DisputeStatus.RESOLVED:
        return {}
    outcome = after.outcome.value if after.outcome else None
    return {"outcome": outcome, "amount_credited": after.credited, "credit_note": after.credit_note}
