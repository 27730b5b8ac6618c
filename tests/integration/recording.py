"""A ledger on the table that remembers what its stream would tell."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.communication import Communication
from chalicelib.domain.event import Event
from chalicelib.ports.storage import Record, Reference, Write
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.table import Table


class RecordingLedger(TableLedger):
    """Keeps the changes that the table's stream would tell."""

    def __init__(self, table: Table, *, shards: int) -> None:
        super().__init__(table, shards=shards)
        self.changes: list[tuple[Record | None, Record]] = []
        self.configured: list[Event] = []

    def commit(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        super().commit(writes, references, released=released)
        self.changes += [(write.before, write.after) for write in writes]

    def append(self, communication: Communication) -> bool:
        self.changes.append((None, communication))
        return super().append(communication)
