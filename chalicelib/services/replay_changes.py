"""The events of committed changes, told once more: only those that are missing.

An event's id is made of the change, so what was told already is recognised by its id, and what is
derived a second time is the same event. Nothing is told of what no committed change says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.ports.all import Ports
from chalicelib.services.announce import announce
from chalicelib.services.nameless_events import without_identity
from chalicelib.services.project_changes import CommittedChange

AT_ONCE = 100


@dataclass(slots=True)
class ChangesReplay:
    """How many events the changes are, and those of them that were missing."""

    derived: int = 0
    missing: list[Event] = field(default_factory=list)


def replay_changes(
    ports: Ports,
    changes: Iterable[CommittedChange],
    wanted: Callable[[Event], bool],
    *,
    dry_run: bool,
) -> ChangesReplay:
    """Tell what is missing among the wanted events of changes; with `dry_run` only say what is."""
    done = ChangesReplay()
    events = (
        event
        for change in changes
        for event in events_of(change.before, change.after, change.at)
        if wanted(event)
    )
    while group := list(islice(events, AT_ONCE)):
        told = ports.ledger.told(group)
        missing = [event for event in group if event.id not in told]
        if missing and not dry_run:
            announce(ports, without_identity(ports, missing))
        done.derived += len(group)
        done.missing += missing
    return done
