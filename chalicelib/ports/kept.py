"""What a process read lately, kept for as long as it may be out of date.

Its age is told by the wall clock: Lambda freezes a process between invocations, and a monotonic
clock stands still meanwhile, so five minutes of it can last a day. What seems to come from the
future (the clock was set back) is of unknown age and is read again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from chalicelib.ports.world import Clock

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key, each for `lasting`; of more than `at_most`, the one read longest ago goes."""

    def __init__(self, clock: Clock, lasting: timedelta, *, at_most: int | None = None) -> None:
        self._clock = clock
        self._lasting = lasting
        self._at_most = at_most
        self._values: dict[K, tuple[datetime, V]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K, read: Callable[[], V], *, within: timedelta | None = None) -> V:
        """Return what was read of the key within that time (else `lasting`), or read it now."""
        now = self._clock.now()
        limit = self._lasting if within is None else within
        if (kept := self._values.get(key)) and timedelta(0) <= now - kept[0] < limit:
            return kept[1]
        value = read()
        self._keep(key, now, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep what was just written, as if it had been read."""
        self._keep(key, self._clock.now(), value)

    def forget(self, key: K) -> None:
        """Read the key anew next time."""
        self._values.pop(key, None)

    def _keep(self, key: K, at: datetime, value: V) -> None:
        self.forget(key)
        if self._at_most is not None and len(self._values) >= self._at_most:
            self.forget(next(iter(self._values)))
        self._values[key] = (at, value)
