"""What is disputed at a moment, by what was committed of disputes alone: it asks no case."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.case import Case
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute, DisputeStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.ports.storage import Record
from tests.endings import require
from tests.fakes.messages import amount

if TYPE_CHECKING:
    from tests.simulation.life import Life


class Disputed:
    """All open disputes of a life, by tenant and invoice."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._open: dict[tuple[str, str], Dispute] = {}
        self._all: dict[str, Dispute] = {}
        life.ledger.on_change.append(self._committed)

    def line(self, case: Case) -> str:
        """Return what a message says of a case that is claimed now: what is owed, less what is
        disputed, which is said to be so. Where nothing is left, there may be no message."""
        invoice = self._life.ledger.invoice(case.tenant, case.invoice_id)
        assert invoice is not None
        part = self.part(invoice)
        require(part < invoice.remaining, f"I9: {case.number} is disputed and asked for")
        asked = amount(Money(invoice.remaining - part, case.currency))
        said = f", {amount(Money(part, case.currency))} disputed" if part else ""
        return f"{case.number}: {asked} due {case.due_date}{said}\n"

    def part(self, invoice: Invoice) -> int:
        """Return how much of what is owed on an invoice is disputed now."""
        dispute = self._open.get((invoice.tenant.key, invoice.id))
        if dispute is None:
            return 0
        return min(invoice.remaining if dispute.amount is None else dispute.amount,
                   invoice.remaining)  # fmt: skip

    def through(self, invoice: Invoice, since: datetime, until: datetime) -> int:
        """Return how much of an invoice disputes set aside all the time from a moment to another.

        A dispute that ends at its deadline may be ended some time later.
        """
        calendar = self._customer(invoice).calendar
        parts = (
            invoice.remaining if each.amount is None else each.amount
            for each in self._all.values()
            if (each.tenant, each.invoice_id) == (invoice.tenant, invoice.id)
            and each.created_at < since
            and (each.ended_at is None or each.ended_at > until)
            and each.until(calendar) > until
        )
        return min(invoice.remaining, sum(parts))

    def at_most(self, invoice: Invoice, at: datetime) -> int:
        """Return how much of an invoice disputes may have set aside before a moment."""
        parts = (
            invoice.amount if each.amount is None else each.amount
            for each in self._all.values()
            if (each.tenant, each.invoice_id) == (invoice.tenant, invoice.id)
            and each.created_at < at
            and (each.ended_at is None or each.ended_at >= at)
        )
        return sum(parts)

    def _customer(self, invoice: Invoice) -> Customer:
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        assert customer is not None
        return customer

    def at_the_end(self) -> None:
        """Require that every dispute has ended: long after, none waits for anybody."""
        require(not self._open, f"I3: disputes never end: {list(self._open.values())}")

    def _committed(self, _before: Record | None, after: Record) -> None:
        if not isinstance(after, Dispute):
            return
        self._all[after.id] = after
        key = (after.tenant.key, after.invoice_id)
        known = self._open.pop(key, None)
        one = known is None or known.id == after.id
        require(one, f"I9: {after.invoice_id} has two open disputes")
        if after.status is DisputeStatus.OPEN:
            self._open[key] = after
