"""Advance a test clock: everything that would have happened happens, in order, by the same code.

The clock stands still at each due moment while that moment's files are followed up. What they
schedule next comes into the same order. After `limit` files the rest is left to a message of
its own, so no run outlasts the function's timeout.
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
from chalicelib.services.common import changing
from chalicelib.services.follow_up import follow_up
from chalicelib.services.test_clocks import load_test_clock
from chalicelib.services.try_later import TryLaterError

FOLLOW_UPS_A_RUN = 200
ADVANCING = Change(by="system", why="test clock advanced")
AGAIN = timedelta(minutes=5)
"""When a message that the gateway couldn't take is tried again, on the test clock."""


def advance_clock(
    ports: Ports, tenant: Tenant, clock_id: str, limit: int = FOLLOW_UPS_A_RUN
) -> None:
    """Work towards the clock's target. Delivered twice, the second run finds nothing to do."""
    clock = load_test_clock(ports, tenant, clock_id)
    if clock.status is ClockStatus.READY:
        return
    agenda = _agenda(ports, clock)
    for _ in range(limit):
        if not agenda and not (agenda := _agenda(ports, clock)):  # what was posted meanwhile
            _move(ports, clock, clock.target, ClockStatus.READY)
            return
        due_at, customer_id = heapq.heappop(agenda)
        if due_at > clock.now:
            clock = _move(ports, clock, due_at, ClockStatus.ADVANCING)
        again = _follow_up(ports, tenant, customer_id, clock.now)
        if again is not None and again <= clock.target:
            heapq.heappush(agenda, (max(again, clock.now), customer_id))
    ports.queues.put("clock", [{"tenant": tenant.key, "clock": clock_id}])


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


def _move(ports: Ports, clock: TestClock, to: datetime, status: ClockStatus) -> TestClock:
    moved = replace(clock, now=max(to, clock.now), status=status)
    write = changing(clock, moved, ADVANCING.when(ports.clock.now()))
    ports.ledger.commit([write])
    return write.after
