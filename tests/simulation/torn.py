"""A ledger without transactions: each record is written by itself, and a worker may die between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.ports.storage import Record, Reference, Write
from tests.simulation.ledger import LaggingLedger
from tests.simulation.scheduler import Killed
from tests.simulation.weather import Weather


class Torn:
    """Passes everything on but commits, which it takes apart."""

    def __init__(self, ledger: LaggingLedger, weather: Weather) -> None:
        self._ledger, self._weather = ledger, weather

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        """Write one after the other."""
        self._ledger.commit([], references, released=released)
        for write in writes:
            self._weather.wait()
            if self._weather.faults.happens("a worker dies within a transaction", 0.02):
                raise Killed
            self._ledger.commit([write])
