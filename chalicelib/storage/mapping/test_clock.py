"""Test clocks."""

from __future__ import annotations

from chalicelib.domain.tenant import tenant_of
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.storage import keys
from chalicelib.storage.items import TestClockItem
from chalicelib.storage.mapping.common import change_of, stamp


def to_record(clock: TestClock) -> TestClockItem:
    """Return the item of a test clock."""
    return TestClockItem(
        **stamp(clock, keys.test_clock(clock.tenant, clock.id)),
        now=clock.now,
        target=clock.target,
        created_at=clock.created_at,
        name=clock.name,
        status=clock.status,
        held_until=clock.held_until,
    )


def from_record(item: TestClockItem) -> TestClock:
    """Return the test clock of an item."""
    return TestClock(
        id=item.sk.partition("#")[2],
        tenant=tenant_of(item.pk.partition("#")[0]),
        now=item.now,
        target=item.target,
        created_at=item.created_at,
        name=item.name,
        status=ClockStatus(item.status),
        held_until=item.held_until,
        version=item.version,
        change=change_of(item),
    )
