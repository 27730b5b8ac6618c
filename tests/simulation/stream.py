"""The table's stream, and what reads it: every change, in order, at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import DunlinError
from chalicelib.ports.storage import Record
from chalicelib.services.announce import owe_to_endpoints
from chalicelib.services.project_changes import CommittedChange, project_changes
from tests.simulation.faults import InjectedError
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life

FAILED = (InjectedError, DunlinError, Killed)


class Stream:
    """The table's stream: every change, in order, at least once. `log` keeps all."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self.log: list[CommittedChange] = []
        self._read = 0
        self._is_awake = False
        self._set_up = 0
        life.ledger.on_change.append(self._changed)
        life.ledger.on_configured.append(self._wake)

    def _changed(self, before: Record | None, after: Record) -> None:
        life = self._life
        self.log.append(CommittedChange(before, after, life.scheduler.now()))
        change = f"{after.change.by}, {after.change.why}"
        life.tell(f"{after.id} v{after.version} {getattr(after, 'status', '')} by {change}")
        self._wake()

    def _wake(self) -> None:
        if not self._is_awake:
            self._is_awake = True
            self._life.scheduler.after(0.5, self._project)

    def _project(self) -> None:
        self._tell_what_is_set_up()
        while self._read < len(self.log):
            self._tell_what_is_set_up()
            batch = self.log[self._read : self._read + 100]
            try:
                project_changes(self._life.ports, batch)
            except FAILED:
                self._life.scheduler.sleep(1)
                continue
            if not self._life.faults.happens("the stream comes twice", 0.05):
                self._read += len(batch)
        self._is_awake = False

    def _tell_what_is_set_up(self) -> None:
        """Tell of creditors, sequences and endpoints: their events are written with them."""
        told = self._life.ledger.configured
        while batch := told[self._set_up :]:
            try:
                owe_to_endpoints(self._life.ports, batch)
            except FAILED:
                self._life.scheduler.sleep(1)
                continue
            self._set_up += len(batch)
