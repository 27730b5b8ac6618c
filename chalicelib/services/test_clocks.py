"""Test clocks: create one, and ask for its time to move on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.customer import Change
from chalicelib.domain.errors import ClockBusyError, FieldError, InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, creating, new_part, retrying


def create_test_clock(
    ports: Ports, tenant: Tenant, change: Change, frozen_time: datetime, name: str | None = None
) -> TestClock:
    """Store a clock that stands at `frozen_time`. Raises InvalidError in live mode."""
    if tenant.mode is Mode.LIVE:
        raise InvalidError("Test clocks exist in test mode only.")
    now = ports.clock.now()
    clock = TestClock(
        id=f"clock_{new_part(ports, now)}",
        tenant=tenant,
        now=frozen_time,
        target=frozen_time,
        created_at=now,
        name=name,
    )
    write = creating(clock, change)
    ports.ledger.commit([write])
    return write.after


def load_test_clock(ports: Ports, tenant: Tenant, clock_id: str) -> TestClock:
    """Return the clock. Raises NotFoundError."""
    clock = ports.ledger.test_clock(tenant, clock_id)
    if clock is None:
        raise NotFoundError(f"There is no test clock {clock_id}.")
    return clock


def request_advance(
    ports: Ports, tenant: Tenant, change: Change, clock_id: str, frozen_time: datetime
) -> TestClock:
    """Start moving a clock to `frozen_time`. Raises NotFoundError, ClockBusyError, InvalidError.

    Asked again for the same time, it sends the worker again: the first message may never have
    reached the queue, and a worker that finds nothing to do does nothing.
    """

    def attempt() -> TestClock:
        before = load_test_clock(ports, tenant, clock_id)
        if before.status is ClockStatus.ADVANCING and before.target == frozen_time:
            return before
        if before.status is ClockStatus.ADVANCING:
            raise ClockBusyError("The clock is advancing; wait until it is ready.")
        if frozen_time <= before.now:
            fault = FieldError("/frozen_time", "A clock only moves forward.")
            raise InvalidError("The clock can't go there.", fields=(fault,))
        after = replace(before, target=frozen_time, status=ClockStatus.ADVANCING)
        write = changing(before, after, change)
        ports.ledger.commit([write])
        return write.after

    clock = retrying(attempt)
    ports.queues.put("clock", [{"tenant": tenant.key, "clock": clock_id}])
    return clock
