"""The due index: what happens when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from chalicelib.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry of the due index: whose file to look at, by which queue's worker, for which case."""

    tenant: Tenant
    customer_id: str
    channel: str
    due_at: datetime
    case_id: str


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """An entry of the due index: which event is owed to which webhook endpoint."""

    tenant: Tenant
    endpoint_id: str
    event_id: str
    due_at: datetime


Due = TypeVar("Due", DueEntry, DueDelivery)


@dataclass(frozen=True, slots=True)
class DuePage(Generic[Due]):
    """A page of due entries in order of `due_at`; `next` continues it (None: that was all)."""

    entries: tuple[Due, ...]
    next: str | None


class DueIndex(Protocol):
    """What happens when: the sparse index of everything with a `due_at`, by clock and shard."""

    def page(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueEntry]:
        """Return entries with `after < due_at <= until`, earliest first, about a thousand."""

    def deliveries(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueDelivery]:
        """Return the same of a partition of deliveries."""

    def mark(self, partition: str) -> datetime | None:
        """Return up to when the partition was handed over."""

    def move_mark(self, partition: str, *, before: datetime | None, after: datetime) -> bool:
        """Move the mark by compare-and-set; False where somebody else moved it."""
