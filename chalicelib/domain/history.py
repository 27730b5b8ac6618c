"""How a customer has paid so far: counters that the transactions which settle invoices keep.

An invoice counts once a payment settles it; what was credited in full, voided or written off says
nothing about paying. Where a refund or a chargeback opens it again, it is taken out, and counts
anew when it is paid again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class History:
    """`paid` invoices, of which `late` were paid after their due date, together `days_late` days.

    Days are local to the customer, from the due date to the day on which the payment that settled
    the invoice was made. `first_invoice` is the earliest issue date.
    """

    paid: int = 0
    late: int = 0
    days_late: int = 0
    first_invoice: date | None = None

    def with_invoice(self, issued: date) -> History:
        """Return the history with an invoice of that issue date."""
        first = min(issued, self.first_invoice) if self.first_invoice else issued
        return replace(self, first_invoice=first)

    def with_paid(self, days: int) -> History:
        """Return it with an invoice that was paid so many days after its due date (or before)."""
        return self._counted(days, 1)

    def without_paid(self, days: int) -> History:
        """Return it without an invoice that counted with so many days."""
        return self._counted(days, -1)

    def _counted(self, days: int, sign: int) -> History:
        return replace(
            self,
            paid=self.paid + sign,
            late=self.late + sign * (days > 0),
            days_late=self.days_late + sign * max(0, days),
        )

    @property
    def share_paid_late(self) -> int | None:
        """Percent of the paid invoices that were paid late, rounded down; None: none is paid."""
        return self.late * 100 // self.paid if self.paid else None

    @property
    def average_days_late(self) -> int | None:
        """Days by which an invoice is paid late on average, each weighing the same and the punctual
        ones as 0, rounded down (credit managers' average days delinquent); None: none is paid."""
        return self.days_late // self.paid if self.paid else None
