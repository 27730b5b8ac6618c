"""What got lost between the due index and its worker, by how long it has been due.

While a queue is empty, nothing that has been due for a quarter of an hour is on its way there. A
queue may never be empty, though: a provider refuses a creditor's messages, or takes them slowly.
So once an hour what has been due for hours counts as lost whatever its queue holds. If it wasn't,
whoever gets the message too many finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.ports.all import Ports
from chalicelib.services.announce import QUEUE as WEBHOOKS

CHANNEL_QUEUES = ("email", "sms", "letter", "action")
QUEUES = (*CHANNEL_QUEUES, WEBHOOKS)
AFTER = timedelta(minutes=15)
EVERY = 15
"""Minutes between two looks."""
AFTER_ANYWAY = timedelta(hours=2)
_IDLE, _HOURLY = "stragglers", "hourly"


@dataclass(frozen=True, slots=True)
class Stragglers:
    """Which queues were empty, and whether it is the look of the hour."""

    idle: Collection[str]
    is_hourly: bool

    @property
    def words(self) -> dict[str, str]:
        """What a message says of it."""
        return {_IDLE: " ".join(self.idle), **({_HOURLY: "yes"} if self.is_hourly else {})}

    def since(self, queues: Collection[str], now: datetime) -> datetime | None:
        """Return until when something was due that may be lost; None: nothing counts as lost."""
        if any(queue in self.idle for queue in queues):
            return now - AFTER
        return now - AFTER_ANYWAY if self.is_hourly else None

    def is_lost(self, queue: str, due_at: datetime, now: datetime) -> bool:
        """Say whether what was due then isn't on its way any more."""
        until = self.since((queue,), now)
        return until is not None and due_at <= until


def stragglers(ports: Ports) -> Stragglers:
    """Look which queues are empty now."""
    idle = [queue for queue in QUEUES if ports.queues.is_empty(queue)]
    return Stragglers(idle, is_hourly=ports.clock.now().minute < EVERY)


def stragglers_in(message: Mapping[str, str]) -> Stragglers | None:
    """Return what a message says of it; None: it is about what came due since the last sweep."""
    if _IDLE not in message:
        return None
    return Stragglers(message[_IDLE].split(), is_hourly=_HOURLY in message)
