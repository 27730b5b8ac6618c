"""The sweep: find what is due and hand it to its channel's queue. Its cost depends on what is due.

A mark per shard, moved by compare-and-set, says up to when everything was handed over, so a
backlog isn't handed over again every minute. Stragglers, due for long while their queue is
empty, were lost on the way and are handed over again from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.schedule import queue_of
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import DueEntry
from chalicelib.services.common import WALL

STRAGGLES_AFTER = timedelta(minutes=15)
STRAGGLER_EVERY = 15
CHANNEL_QUEUES = ("email", "sms", "action")


def sweep(ports: Ports) -> None:
    """Ask for one sweep of every shard, every fifteenth minute also for stragglers."""
    partitions = [f"{WALL}#{shard}" for shard in range(ports.shards)]
    messages = [{"partition": partition} for partition in partitions]
    if ports.clock.now().minute % STRAGGLER_EVERY == 0:
        messages += [{"partition": each, "stragglers": "yes"} for each in partitions]
    ports.queues.put("sweep", messages)


def sweep_shard(ports: Ports, partition: str, *, stragglers: bool = False) -> int:
    """Hand over what is due in one shard; return how many customers' files were handed over."""
    return _hand_over_stragglers(ports, partition) if stragglers else _hand_over(ports, partition)


def _hand_over(ports: Ports, partition: str) -> int:
    now, mark = ports.clock.now(), ports.due.mark(partition)
    handed, start, done = 0, None, mark
    while True:
        page = ports.due.page(partition, after=mark, until=now, start=start)
        handed += _enqueue(ports, page.entries)
        start = page.next
        if page.entries:
            moved = now if start is None else _safely_before(page.entries[-1].due_at)
            if (done is None or moved > done) and not ports.due.move_mark(
                partition, before=done, after=moved
            ):
                return handed
            done = max(done, moved) if done else moved
        if start is None:
            return handed


def _safely_before(due_at: datetime) -> datetime:
    """The next page may begin with the same moment, so the mark stays just short of it."""
    return due_at - timedelta(seconds=1)


def _hand_over_stragglers(ports: Ports, partition: str) -> int:
    idle = {queue for queue in CHANNEL_QUEUES if ports.queues.is_empty(queue)}
    if not idle:
        return 0
    until, handed, start = ports.clock.now() - STRAGGLES_AFTER, 0, None
    while True:
        page = ports.due.page(partition, after=None, until=until, start=start)
        lost = [entry for entry in page.entries if queue_of(entry.channel) in idle]
        handed += _enqueue(ports, lost)
        start = page.next
        if start is None:
            return handed


def _enqueue(ports: Ports, entries: Iterable[DueEntry]) -> int:
    groups = dict.fromkeys(
        (queue_of(entry.channel), entry.tenant.key, entry.customer_id) for entry in entries
    )
    for queue in CHANNEL_QUEUES:
        messages = [
            {"tenant": tenant, "customer": customer}
            for channel, tenant, customer in groups
            if channel == queue
        ]
        if messages:
            ports.queues.put(queue, messages)
    return len(groups)
