"""What is disputed at a moment, by what was committed of disputes alone: it asks no case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.case import Case
from chalicelib.domain.dispute import Dispute, DisputeStatus
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
        life.ledger.on_change.append(self._committed)

    def line(self, case: Case) -> str:
        """Return what a message says of a case that is claimed now: what is owed, less what is
        disputed, which is said to be so. Where nothing is left, there may be no message."""
        invoice = self._life.ledger.invoice(case.tenant, case.invoice_id)
        assert invoice is not None
        dispute = self._open.get((case.tenant.key, case.invoice_id))
        part = invoice.remaining if dispute and dispute.amount is None else 0
        if dispute and dispute.amount:
            part = min(dispute.amount, invoice.remaining)
        require(part < invoice.remaining, f"I9: {case.number} is disputed and asked for")
        asked = amount(Money(invoice.remaining - part, case.currency))
        said = f", {amount(Money(part, case.currency))} disputed" if part else ""
        return f"{case.number}: {asked} due {case.due_date}{said}\n"

    def at_the_end(self) -> None:
        """Require that every dispute has ended: long after, none waits for anybody."""
        require(not self._open, f"I3: disputes never end: {list(self._open.values())}")

    def _committed(self, _before: Record | None, after: Record) -> None:
        if not isinstance(after, Dispute):
            return
        key = (after.tenant.key, after.invoice_id)
        known = self._open.pop(key, None)
        one = known is None or known.id == after.id
        require(one, f"I9: {after.invoice_id} has two open disputes")
        if after.status is DisputeStatus.OPEN:
            self._open[key] = after
