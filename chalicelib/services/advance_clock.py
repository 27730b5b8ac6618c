"""Advance a test clock: everything that would have happened happens, in order, by the same code.

The clock stands still at each due moment while that moment's files are followed up. What they
schedule next comes into the same order. After `limit` files the rest is left to a message of
its own, so no run outlasts the function's timeout.

One worker is at a clock at a time. A claim whose worker died is given up once the clock has moved
on an hour, and for another worker that takes a second: the first might still be sending.
"""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.customer import Change
from chalicelib.domain.due import clock_partition
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import changing
from chalicelib.services.follow_up import follow_up
from chalicelib.services.test_clocks import load_test_clock
from chalicelib.services.try_later import TryLaterError

FOLLOW_UPS_A_RUN = 200
ADVANCING = Change(by="system", why="test clock advanced")
HELD_FOR = timedelta(seconds=300)
"""After this long no worker can be at the clock any more (the function's timeout)."""
AGAIN = timedelta(minutes=5)
"""When a message that the gateway couldn't take is tried again, on the test clock."""


def advance_clock(
    ports: Ports, tenant: Tenant, clock_id: str, limit: int = FOLLOW_UPS_A_RUN
) -> None:
    """Work towards the clock's target.

    Whoever finds another worker at it goes away: should that one die, its own message comes back.
    Raises TryLaterError where nobody can say who of two that began at once is at it.
    """
    clock = load_test_clock(ports, tenant, clock_id)
    if clock.status is ClockStatus.READY or _is_held(clock, ports.clock.now()):
        return
    clock = _hold(ports, clock)
    agenda = _agenda(ports, clock)
    for _ in range(limit):
        if not agenda and not (agenda := _agenda(ports, clock)):  # what was posted meanwhile
            arrived = replace(clock, now=clock.target, status=ClockStatus.READY, held_until=None)
            _write(ports, clock, arrived)
            return
        due_at, customer_id = heapq.heappop(agenda)
        if due_at > clock.now:
            clock = _write(ports, clock, replace(clock, now=due_at))
        again = _follow_up(ports, tenant, customer_id, clock.now)
        if again is not None and again <= clock.target:
            heapq.heappush(agenda, (max(again, clock.now), customer_id))
    _write(ports, clock, replace(clock, held_until=None))  # before the message: it may be fast
    ports.queues.put("clock", [{"tenant": tenant.key, "clock": clock_id}])


def _is_held(clock: TestClock, now: datetime) -> bool:
    return clock.held_until is not None and now < clock.held_until


def _hold(ports: Ports, clock: TestClock) -> TestClock:
    try:
        return _write(ports, clock, replace(clock, held_until=ports.clock.now() + HELD_FOR))
    except WriteConflictError:  # by another worker, or by this one if the answer was lost
        raise TryLaterError("somebody else is at the clock") from None


def _agenda(ports: Ports, clock: TestClock) -> list[tuple[datetime, str]]:
    first: dict[str, datetime] = {}
    start = None
    while True:
        page = ports.due.page(
            clock_partition(clock.tenant, clock.id), after=None, until=clock.target, start=start
        )
        for entry in page.entries:
            first.setdefault(entry.customer_id, entry.due_at)
        start = page.next
        if start is None:
            break
    agenda = [(due_at, customer_id) for customer_id, due_at in first.items()]
    heapq.heapify(agenda)
    return agenda


def _follow_up(ports: Ports, tenant: Tenant, customer_id: str, now: datetime) -> datetime | None:
    try:
        return follow_up(ports, tenant, customer_id)
    except TryLaterError:
        return now + AGAIN


def _write(ports: Ports, before: TestClock, after: TestClock) -> TestClock:
    write = changing(before, after, ADVANCING.when(ports.clock.now()))
    ports.ledger.commit([write])
    return write.after
