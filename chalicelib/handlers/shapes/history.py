"""How a customer has paid so far."""

from __future__ import annotations

from typing_extensions import TypedDict

from chalicelib.domain.history import History
from chalicelib.handlers.shapes.common import DateText


class PaymentHistoryShape(TypedDict):
    """How invoices were paid so far. `late` are those paid after their due date, and
    `average_days_late` counts the punctual ones as 0; percents and days are rounded down, and null
    before the first invoice is paid. What was credited, voided or written off doesn't count."""

    paid_invoices: int
    late: int
    share_paid_late: int | None
    average_days_late: int | None
    first_invoice: DateText | None


def history_shape(history: History) -> PaymentHistoryShape:
    """Write it."""
    first = history.first_invoice
    return PaymentHistoryShape(
        paid_invoices=history.paid,
        late=history.late,
        share_paid_late=history.share_paid_late,
        average_days_late=history.average_days_late,
        first_invoice=first.isoformat() if first else None,
    )
