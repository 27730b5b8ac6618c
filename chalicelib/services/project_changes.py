"""The table's stream is the outbox: events are derived from what was committed, nothing else.

What else follows from a commit, and isn't worth its price there, is done behind: references.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record
from chalicelib.services.announce import announce
from chalicelib.services.keep_references import follow_number
from chalicelib.services.nameless_events import without_identity
from chalicelib.services.rank_tasks import rank_changed

TOLD_WITHIN = timedelta(minutes=1)
"""What is told later may be of a customer who was erased since: an erasure takes longer."""


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """A record before and after a commit (None: not there), and when it was committed (UTC)."""

    before: Record | None
    after: Record | None
    at: datetime


def project_changes(ports: Ports, changes: Iterable[CommittedChange]) -> list[Event]:
    """Record the events of committed changes and return them; let customers be found by their
    numbers.

    The same changes again give the same events.
    """
    soon: list[Event] = []
    late: list[Event] = []
    latest = ports.clock.now() - TOLD_WITHIN
    committed = list(changes)
    for change in committed:
        told = late if change.at < latest else soon
        told += events_of(change.before, change.after, change.at)
    if events := soon + without_identity(ports, late):
        announce(ports, events)
    for change in committed:
        if isinstance(change.after, Customer):
            before = change.before if isinstance(change.before, Customer) else None
            follow_number(ports, before, change.after, change.at)
    rank_changed(ports, ((each.before, each.after) for each in committed))
    return events
