"""The one table as it really is: single records are strongly consistent, index and lists lag."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Record, Write
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.memory import Entry, Owner
from tests.simulation.faults import Faults, InjectedError
from tests.simulation.scheduler import Scheduler

LIST_LAG = timedelta(seconds=1)


class LaggingLedger(InMemoryLedger):
    """A ledger whose due index and lists show what was committed a while ago, and of which now and
    then a customer's file can't be read.

    `seen_at` says since when the due index shows a case as it stands, `read_at` when somebody last
    began to read a partition of it; `on_look` are called before a customer's file is read.
    """

    def __init__(
        self, scheduler: Scheduler, random: Random, faults: Faults, *, shards: int
    ) -> None:
        super().__init__(shards=shards)
        self._scheduler, self._random, self._faults = scheduler, random, faults
        self._order = count()
        self._unreadable: dict[str, datetime] = {}
        self._coming: list[tuple[datetime, int, str, Owner, Entry | None]] = []
        self.seen_at: dict[Owner, datetime] = {}
        self.read_at: dict[str, datetime] = {}
        self.on_look: list[Callable[[Tenant, str], None]] = []
        self._replaced: dict[tuple[str, str], tuple[datetime, Record | None]] = {}
        self.recorded_at: dict[str, datetime] = {}

    def files(self) -> Iterator[tuple[Case, ...]]:
        """Return the cases of every working file, as they really stand."""
        return (tuple(cases.values()) for cases in self._files.values())

    def customers(self) -> list[Customer]:
        """Return all customers, as they really stand."""
        return [each for each in self._records.values() if isinstance(each, Customer)]

    def own_cases(self, customer: Customer) -> tuple[Case, ...]:
        """Return the cases of a customer's working file, as they really stand."""
        return tuple(self._files[customer.tenant.key, customer.id].values())

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        for each in self.on_look:
            each(tenant, customer_id)
        now = self._scheduler.now()
        if self._faults.happens("a file can't be read for hours", 0.005):
            until = now + timedelta(hours=self._random.uniform(0.5, 30))
            self._unreadable[customer_id] = until
        if now < self._unreadable.get(customer_id, now) and self._faults.rate:
            raise InjectedError("a record in the file can't be read")
        return super().file(tenant, customer_id)

    def was_unreadable(self, customer_id: str, since: datetime) -> bool:
        """Say whether the customer's file couldn't be read at some time since then."""
        return self._unreadable.get(customer_id, since) > since

    def enter(self, partition: str, key: Owner, entry: Entry | None) -> None:
        lag = self._random.uniform(0.01, 0.5)
        if self._faults.happens("the due index lags for minutes", 0.01):
            lag = self._random.uniform(5, 600)
        seen_at = self._scheduler.now() + timedelta(seconds=lag)
        seen_at = max(seen_at, self.seen_at.get(key, seen_at))
        self.seen_at[key] = seen_at
        heapq.heappush(self._coming, (seen_at, next(self._order), partition, key, entry))

    def record_events(self, events: Iterable[Event]) -> None:
        events = list(events)
        for event in events:
            self.recorded_at.setdefault(event.id, self._scheduler.now())
        super().record_events(events)

    def _between(
        self, partition: str, after: datetime | None, until: datetime, start: str | None
    ) -> tuple[tuple[Entry, ...], str | None]:
        now = self._scheduler.now()
        while self._coming and self._coming[0][0] <= now:
            _, _, where, key, entry = heapq.heappop(self._coming)
            super().enter(where, key, entry)
        if start is None:
            self.read_at[partition] = now
        return super()._between(partition, after, until, start)

    def _store(self, write: Write[Record]) -> None:
        key = (write.after.tenant.key, write.after.id)
        self._replaced[key] = (self._scheduler.now(), self._records.get(key))
        super()._store(write)

    def _all(self, kind: Any, tenant: Tenant, customer_id: str | None) -> list[Any]:
        since = self._scheduler.now() - self._random.random() * LIST_LAG
        shown: list[Any] = []
        for record in super()._all(kind, tenant, customer_id):
            replaced_at, before = self._replaced[record.tenant.key, record.id]
            if replaced_at > since and self._faults.rate:
                self._faults.counts["a list lags"] += 1
                shown += [before] if before else []
            else:
                shown.append(record)
        return shown
