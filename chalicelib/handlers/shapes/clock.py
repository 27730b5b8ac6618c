"""A test clock."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.test_clock import TestClock
from chalicelib.handlers.shapes.common import Timestamp, timestamp


class ClockShape(TypedDict):
    """A test clock: `frozen_time` is its now, on its way to `target` while it is `advancing`."""

    id: str
    object: Literal["test_clock"]
    livemode: Literal[False]
    name: str | None
    status: Literal["ready", "advancing"]
    frozen_time: Timestamp
    target: Timestamp
    created_at: Timestamp


def clock_shape(clock: TestClock) -> ClockShape:
    """Write a test clock."""
    return ClockShape(
        id=clock.id,
        object="test_clock",
        livemode=False,
        name=clock.name,
        status=clock.status.value,
        frozen_time=timestamp(clock.now),
        target=timestamp(clock.target),
        created_at=timestamp(clock.created_at),
    )
