"""The due index and the configuration in memory, and the paging of lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar, cast

from chalicelib.domain import ids
from chalicelib.domain.access import ApiKey
from chalicelib.domain.case import Case
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Customer
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.due import DELIVERIES
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.sequence import Sequence as DunningSequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.due import DueDelivery, DueEntry, DuePage
from chalicelib.ports.lists import LOOKED_THROUGH
from chalicelib.ports.storage import (
    Cursor,
    Page,
    WriteConflictError,
)
from tests.fakes.own_templates import InMemoryOwnTemplates
from tests.fakes.segments import InMemorySegments

Listed = TypeVar("Listed", Customer, Invoice, Case, Communication, Task, Event, Delivery)
Stateful = TypeVar("Stateful", Invoice, Case, Task, Dispute)
R = TypeVar("R")
Entry = DueEntry | DueDelivery
Owner = tuple[str, str]
"""A tenant's key, and what the entry is of: it has one."""
DUE_PAGE = 1000
EARLIEST = datetime.min.replace(tzinfo=UTC)


class InMemoryDueIndex:
    """What happens when, per partition in order of `due_at`."""

    def __init__(self) -> None:
        self._due: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        self._entries: dict[tuple[str, str], tuple[str, tuple[datetime, str, str], Entry]] = {}
        self._marks: dict[str, datetime] = {}

    def set_due(self, partition: str, case: Case) -> None:
        """Let the index say what the case says."""
        entry = None
        if case.due_at:
            channel = case.channel or ""
            entry = DueEntry(case.tenant, case.customer_id, channel, case.due_at, case.id)
        self.enter(partition, (case.tenant.key, case.id), entry)

    def enter(self, partition: str, key: Owner, entry: Entry | None) -> None:
        """Let the index have that entry of its owner, or none."""
        if known := self._entries.pop(key, None):
            where, position, _ = known
            self._due[where].pop(bisect_left(self._due[where], position))
        if entry is None:
            return
        position = (entry.due_at, *key)
        insort(self._due[partition], position)
        self._entries[key] = (partition, position, entry)

    def page(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueEntry]:
        entries, further = self._between(partition, after, until, start)
        return DuePage(cast("tuple[DueEntry, ...]", entries), further)

    def deliveries(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueDelivery]:
        entries, further = self._between(partition, after, until, start)
        return DuePage(cast("tuple[DueDelivery, ...]", entries), further)

    def _between(
        self, partition: str, after: datetime | None, until: datetime, start: str | None
    ) -> tuple[tuple[Entry, ...], str | None]:
        due = self._due[partition]
        first = bisect_right(due, after or EARLIEST, key=lambda each: each[0])
        last = bisect_right(due, until, key=lambda each: each[0])
        if start:
            at, tenant_key, case_id = start.split("|")
            first = bisect_left(due, (datetime.fromisoformat(at), tenant_key, case_id))
        end = min(last, first + DUE_PAGE)
        entries = tuple(self._entries[each[1], each[2]][2] for each in due[first:end])
        if end >= last:
            return entries, None
        due_at, tenant_key, case_id = due[end]
        return entries, f"{due_at.isoformat()}|{tenant_key}|{case_id}"

    def next_due(self, *, after: datetime = EARLIEST) -> datetime | None:
        """Return when the next thing on the wall clock is due (for tests that let time pass)."""
        moments = [
            each[0]
            for partition, due in self._due.items()
            if partition.startswith(("wall#", DELIVERIES))
            for each in due[bisect_right(due, after, key=lambda each: each[0]) :][:1]
        ]
        return min(moments, default=None)

    def mark(self, partition: str) -> datetime | None:
        return self._marks.get(partition)

    def move_mark(self, partition: str, *, before: datetime | None, after: datetime) -> bool:
        if self._marks.get(partition) != before:
            return False
        self._marks[partition] = after
        return True


class InMemoryConfiguration(InMemoryOwnTemplates, InMemorySegments):
    """Creditors, sequences and keys, with the events that tell of them."""

    def __init__(self) -> None:
        InMemoryOwnTemplates.__init__(self, self.configure)
        InMemorySegments.__init__(self, self.configure)
        self._events: dict[str, dict[str, Event]] = defaultdict(dict)
        self.configured: list[Event] = []
        self.on_configured: list[Callable[[], None]] = []
        self._creditors: dict[str, Creditor] = {}
        self._sequences: dict[tuple[str, str], dict[int, DunningSequence]] = defaultdict(dict)
        self._api_keys: dict[tuple[str, str], ApiKey] = {}

    def creditor(self, creditor_id: str) -> Creditor | None:
        return self._creditors.get(creditor_id)

    def creditors(self) -> tuple[str, ...]:
        return tuple(sorted(self._creditors))

    def record_events(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events[event.tenant.key][event.id] = event

    def configure(self, events: Iterable[Event]) -> None:
        """Record events of what is set up; the table's stream tells of them, as of records."""
        events = list(events)
        self.record_events(events)
        self.configured += events
        for wake in self.on_configured if events else ():
            wake()

    def save_creditor(self, creditor: Creditor, events: Iterable[Event] = ()) -> None:
        self._creditors[creditor.id] = creditor
        self.configure(events)

    def sequence(
        self, tenant: Tenant, sequence_id: str, version: int | None = None
    ) -> DunningSequence | None:
        versions = self._sequences[tenant.key, sequence_id]
        return versions.get(max(versions, default=0) if version is None else version)

    def add_sequence(
        self, tenant: Tenant, sequence: DunningSequence, event: Event | None = None
    ) -> None:
        versions = self._sequences[tenant.key, sequence.id]
        if sequence.version in versions:
            raise WriteConflictError(sequence.id)
        versions[sequence.version] = sequence
        self.configure([event] if event else [])

    def sequences_page(self, tenant: Tenant, cursor: Cursor) -> Page[DunningSequence]:
        newest = {
            sequence_id: versions[max(versions)]
            for (key, sequence_id), versions in self._sequences.items()
            if key == tenant.key and versions
        }
        return _cut(newest, cursor, cursor.after, cursor.before)

    def api_key(self, tenant: Tenant, digest: str) -> ApiKey | None:
        return self._api_keys.get((tenant.key, digest))

    def api_keys(self, tenant: Tenant) -> tuple[ApiKey, ...]:
        own = [key for (where, _), key in self._api_keys.items() if where == tenant.key]
        return tuple(sorted(own, key=lambda key: key.id))

    def save_api_key(
        self, key: ApiKey, event: Event | None = None, *, read: ApiKey | None = None
    ) -> None:
        stored = self._api_keys.get((key.tenant.key, key.digest))
        ended = stored and (stored.revoked_at or (read and stored.replaced_by != read.replaced_by))
        if ended and read and not read.revoked_at:
            raise WriteConflictError(key.id)
        if stored and stored.revoked_at and not key.revoked_at:
            raise WriteConflictError(key.id)
        self._api_keys[key.tenant.key, key.digest] = key
        self.configure([event] if event else [])

    def note_use(self, key: ApiKey, at: datetime) -> None:
        stored = self._api_keys.get((key.tenant.key, key.digest))
        if stored and stored.use_is_news(at):
            self._api_keys[key.tenant.key, key.digest] = replace(stored, last_used_at=at)


def page_of(records: Iterable[Listed], cursor: Cursor, prefix: str) -> Page[Listed]:
    """Cut a page out of records whose ids have a prefix, newest first."""
    return _cut(
        {_position(prefix, record.id): record for record in records},
        cursor,
        cursor.after and _position(prefix, cursor.after),
        cursor.before and _position(prefix, cursor.before),
    )


def events_page(events: Iterable[Event], cursor: Cursor, of_type: str | None) -> Page[Event]:
    """Cut a page of events, or of those of one type among the next LOOKED_THROUGH."""
    if of_type is None:
        return page_of(events, cursor, ids.EVENT)
    whole = page_of(events, replace(cursor, limit=LOOKED_THROUGH), ids.EVENT)
    ahead = whole.data[::-1] if cursor.before else whole.data
    places = [place for place, event in enumerate(ahead) if event.type == of_type]
    over = len(places) > cursor.limit
    looked_at = ahead[: places[cursor.limit]] if over else ahead
    data = tuple(ahead[place] for place in places[: cursor.limit])
    return Page(
        data[::-1] if cursor.before else data,
        over or whole.has_more,
        looked_at[-1].id if looked_at else cursor.before or cursor.after,
    )


def with_status(records: list[Stateful], status: str | None) -> list[Stateful]:
    """Return the records that have the status, all for None."""
    return [each for each in records if status in {None, each.status}]


def _cut(records: dict[str, R], cursor: Cursor, after: str | None, before: str | None) -> Page[R]:
    if before is not None:
        newer = sorted(each for each in records if each > before)
        taken = newer[: cursor.limit]
        return Page(tuple(records[each] for each in reversed(taken)), len(newer) > len(taken))
    older = sorted((each for each in records if after is None or each < after), reverse=True)
    taken = older[: cursor.limit]
    return Page(tuple(records[each] for each in taken), len(older) > len(taken))


def _position(prefix: str, identifier: str) -> str:
    if prefix == ids.CUSTOMER:
        return ids.customer_part(identifier)
    address = ids.parse(prefix, identifier)
    return address.own + address.customer
