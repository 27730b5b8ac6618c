"""The table's stream is the outbox: events are derived from what was committed, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.facts import events_of
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """A record before and after a commit (None: not there), and when it was committed (UTC)."""

    before: Record | None
    after: Record | None
    at: datetime


def project_changes(ports: Ports, changes: Iterable[CommittedChange]) -> None:
    """Record the events of committed changes. The same changes again give the same events."""
    events = [
        event for change in changes for event in events_of(change.before, change.after, change.at)
    ]
    if events:
        ports.ledger.record_events(events)
