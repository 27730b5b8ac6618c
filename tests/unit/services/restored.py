"""A world whose records of some days were lost."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.due import DueEntry
from chalicelib.ports.storage import Cursor
from chalicelib.services.relive import relive
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.world import World, somebody

EXPORTED = utc("2026-03-10 00:00")
RESTORED = utc("2026-03-20 12:00")
STEPS = a_sequence(
    a_step("friendly", 1),
    a_step("firm", 8),
    a_step("text", 15, "sms"),
    a_step("last", 29, template="notice_final"),
    min_gap_days=2,
)


class Restored(World):
    """A world as it was exported, ten days later; every message after the export is lost."""

    def __init__(self, *, due: str, others: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__("2026-03-01 08:00", sequence=STEPS, **facts)
        self.posted = self.post("R-1", due=due)
        self.others = [self.post(name, due=due, customer=somebody(name)) for name in others]
        self.until(EXPORTED)
        self.clock.set(RESTORED)
        self._left_before = self._left

    def relive(self) -> int:
        due = [entry for shard in range(2) for entry in self._due(f"wall#{shard}")]
        return relive(self.ports, due, since=EXPORTED, until=RESTORED)

    def _due(self, partition: str) -> tuple[DueEntry, ...]:
        return self.ledger.page(partition, after=None, until=RESTORED).entries

    @property
    def left_since(self) -> int:
        return self._left - self._left_before

    @property
    def _left(self) -> int:
        return len(self.email.attempts) + len(self.sms.attempts)


def outcomes(case: Case) -> dict[str, Outcome]:
    return {step: result.outcome for step, result in case.results.items()}


def logged(world: World, invoice: Invoice) -> list[CommunicationStatus]:
    page = world.ledger.communications_page(LIVE, Cursor(limit=100))
    return [each.status for each in reversed(page.data) if invoice.id in each.invoices]
