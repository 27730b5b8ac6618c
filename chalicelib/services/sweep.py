"""The sweep: find what is due and hand it to its channel's queue. Its cost depends on what is due.

A mark per shard, moved by compare-and-set, says up to when everything was handed over, so a
backlog isn't handed over again every minute. What was lost on the way (stragglers.py) is handed
over again from the beginning. What is flagged as stuck wasn't lost: it failed, and would fail every
quarter of an hour for ever.

Both say for how long the oldest step that they found had been due. What is in a queue isn't found
again, so an age beyond the stragglers' means that handing it over is in vain.

What endpoints of webhooks are owed is swept the same way, in shards and by messages of its own: a
release that knows nothing of it never comes across it.

Creditors take turns: of many thousands that are due at once each creditor's first goes before
anybody's second. What is in a queue already, the queue itself shares out (gateways/queues.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from chalicelib.domain.due import deliveries_partition, has_deliveries, wall_partition
from chalicelib.domain.kinds import queue_of
from chalicelib.ports.all import Ports
from chalicelib.ports.due import DueDelivery, DueEntry, DuePage
from chalicelib.services.announce import QUEUE as WEBHOOKS
from chalicelib.services.stragglers import CHANNEL_QUEUES, QUEUES, Stragglers, stragglers
from chalicelib.services.stragglers import EVERY as STRAGGLER_EVERY
from chalicelib.services.stuck import is_flagged

PAGES_AT_ONCE = 20
"""How many pages of about a thousand are shared out together: 2,000 calls of SQS, about a fifth of
the time that the function has."""

Entry = DueEntry | DueDelivery
Entries = DuePage[DueEntry] | DuePage[DueDelivery]
Group = tuple[str, str, tuple[tuple[str, str], ...]]
"""Queue, tenant, and whom or what it is about: one message."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What the sweep of a shard found.

    `handed_over` counts customers' files, or deliveries. `oldest` says for how long the oldest step
    had been due: nought where none was, None where nobody looked, and of deliveries.
    """

    handed_over: int
    oldest: timedelta | None


def sweep(ports: Ports) -> None:
    """Ask for one sweep of every shard, every fifteenth minute also for stragglers."""
    partitions = [wall_partition(shard) for shard in range(ports.shards)]
    partitions += [deliveries_partition(shard) for shard in range(ports.shards)]
    ports.queues.put("sweep", [{"partition": partition} for partition in partitions])
    if ports.clock.now().minute % STRAGGLER_EVERY == 0:
        lost = stragglers(ports).words
        ports.queues.put("sweep", [{"partition": each, **lost} for each in partitions])


def sweep_shard(ports: Ports, partition: str, lost: Stragglers | None = None) -> Swept:
    """Hand over what is due in one shard, or what was lost on the way; say what was found."""
    swept = _hand_over_lost(ports, partition, lost) if lost else _hand_over(ports, partition)
    return replace(swept, oldest=None) if has_deliveries(partition) else swept


def _hand_over(ports: Ports, partition: str) -> Swept:
    now, mark = ports.clock.now(), ports.due.mark(partition)
    handed, start, done, oldest = 0, None, mark, timedelta(0)
    while True:
        entries, start = _read(ports, partition, after=mark, until=now, start=start)
        handed += _enqueue(ports, entries)
        oldest = max(oldest, _age(entries, now))
        if entries:
            moved = now if start is None else _safely_before(entries[-1].due_at)
            if (done is None or moved > done) and not ports.due.move_mark(
                partition, before=done, after=moved
            ):
                return Swept(handed, oldest)
            done = max(done, moved) if done else moved
        if start is None:
            return Swept(handed, oldest)


def _read(
    ports: Ports, partition: str, *, after: datetime | None, until: datetime, start: str | None
) -> tuple[list[Entry], str | None]:
    """Return what is due, as much of it as is shared out together, and where it goes on."""
    due = ports.due
    page_of: Callable[..., Entries] = due.deliveries if has_deliveries(partition) else due.page
    entries: list[Entry] = []
    for _ in range(PAGES_AT_ONCE):
        page = page_of(partition, after=after, until=until, start=start)
        entries += page.entries
        start = page.next
        if start is None:
            break
    return entries, start


def _safely_before(due_at: datetime) -> datetime:
    """The next page may begin with the same moment, so the mark stays just short of it."""
    return due_at - timedelta(seconds=1)


def _hand_over_lost(ports: Ports, partition: str, lost: Stragglers) -> Swept:
    now, handed, start, oldest = ports.clock.now(), 0, None, timedelta(0)
    until = lost.since((WEBHOOKS,) if has_deliveries(partition) else CHANNEL_QUEUES, now)
    if until is None:
        return Swept(0, None)
    while True:
        entries, start = _read(ports, partition, after=None, until=until, start=start)
        found = [
            entry
            for entry in entries
            if lost.is_lost(_asked_by(entry)[0], entry.due_at, now)
            and not _is_flagged(ports, entry)
        ]
        handed += _enqueue(ports, found)
        oldest = max(oldest, _age(found, now))
        if start is None:
            return Swept(handed, oldest)


def _age(entries: Iterable[Entry], now: datetime) -> timedelta:
    """Return for how long the first has been due: entries are in the order of moments."""
    first = next(iter(entries), None)
    return now - first.due_at if first else timedelta(0)


def _is_flagged(ports: Ports, entry: Entry) -> bool:
    return isinstance(entry, DueEntry) and is_flagged(ports, entry)


def _enqueue(ports: Ports, entries: Iterable[Entry]) -> int:
    groups = dict.fromkeys(_asked_by(entry) for entry in entries)
    for queue in QUEUES:
        messages = [
            {"tenant": tenant, **dict(about)}
            for _, tenant, about in _in_turns(group for group in groups if group[0] == queue)
        ]
        if messages:
            ports.queues.put(queue, messages)
    return len(groups)


def _asked_by(entry: Entry) -> Group:
    """Return the message that an entry asks for: a customer's cases all ask for the same."""
    if isinstance(entry, DueDelivery):
        about = (("endpoint", entry.endpoint_id), ("event", entry.event_id))
        return WEBHOOKS, entry.tenant.key, about
    return queue_of(entry.channel), entry.tenant.key, (("customer", entry.customer_id),)


def _in_turns(groups: Iterable[Group]) -> Iterator[Group]:
    """Yield each tenant's first, in the order of their moments, then each one's second, …"""
    own: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        own[group[1]].append(group)
    return (group for group in chain.from_iterable(zip_longest(*own.values())) if group)
