"""A test clock whose start message was lost isn't stuck: asking again sends the worker again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.errors import ClockBusyError
from chalicelib.domain.test_clock import ClockStatus
from chalicelib.services.advance_clock import advance_clock
from chalicelib.services.test_clocks import create_test_clock, load_test_clock, request_advance
from tests.builders import TEST, utc
from tests.deeds import BILLING
from tests.fakes.world import FakeQueues
from tests.world import World

TARGET = utc("2026-02-01")


class LostQueues(FakeQueues):
    """Queues that can't be reached."""

    def put(self, queue: str, messages: Sequence[Mapping[str, str]], *, delay: int = 0) -> None:
        raise ConnectionError(queue)


def test_asking_again_for_the_same_time_sends_the_worker_again():
    world = World(tenant=TEST)
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2026-01-01"))
    unreachable = replace(world.ports, queues=LostQueues())
    with pytest.raises(ConnectionError):
        request_advance(unreachable, TEST, BILLING, clock.id, TARGET)

    again = request_advance(world.ports, TEST, BILLING, clock.id, TARGET)

    assert (again.status, again.target) == (ClockStatus.ADVANCING, TARGET)
    assert world.queues.waiting("clock") == [{"tenant": TEST.key, "clock": clock.id}]
    advance_clock(world.ports, TEST, clock.id)
    advance_clock(world.ports, TEST, clock.id)
    moved = load_test_clock(world.ports, TEST, clock.id)
    assert (moved.status, moved.now) == (ClockStatus.READY, TARGET)


def test_another_time_has_to_wait():
    world = World(tenant=TEST)
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2026-01-01"))
    request_advance(world.ports, TEST, BILLING, clock.id, TARGET)
    with pytest.raises(ClockBusyError):
        request_advance(world.ports, TEST, BILLING, clock.id, utc("2026-03-01"))
