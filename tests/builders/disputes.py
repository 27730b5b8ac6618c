"""Disputes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.dispute import Dispute, DisputeReason
from tests.builders.basics import EUR, LIVE, customer_id, record_id, utc


def a_dispute(number: str = "R-1", *, customer: str = "one", **facts: Any) -> Dispute:
    """Return an open dispute over all that remains of the invoice of that number."""
    dispute = Dispute(
        id=record_id(ids.DISPUTE, f"dispute of {number}", customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        invoice_id=record_id(ids.INVOICE, number, customer=customer),
        currency=EUR,
        reason=DisputeReason.DAMAGED,
        deadline=date(2026, 2, 19),
        created_at=utc("2026-01-20 10:00"),
        source="email",
        version=1,
    )
    return replace(dispute, **facts)
