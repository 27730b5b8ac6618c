"""Who runs when: time is simulated, one task runs at a time, and the seed decides the order.

A task is a greenlet. At every call of a port it may sleep for as long as such a call takes, and
whoever wakes first runs next; so two workers interleave as their latencies happen to fall.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from greenlet import getcurrent, greenlet

Act = Callable[[], object]


class Killed(BaseException):
    """The process of a task dies here: nothing of it runs any more."""


class Scheduler:
    """Simulated time and the tasks in it. `now` only moves forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = count()
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._hub = getcurrent()

    def now(self) -> datetime:
        """Return the simulated instant, UTC."""
        return self._now

    def at(self, moment: datetime, act: Act) -> None:
        """Run `act` as a task of its own at a moment, at once where that is past."""
        task = greenlet(act, self._hub)
        heapq.heappush(self._waiting, (max(moment, self._now), next(self._order), task.switch))

    def after(self, seconds: float, act: Act) -> None:
        """Run `act` as a task of its own, so many seconds from now."""
        self.at(self._now + timedelta(seconds=seconds), act)

    def sleep(self, seconds: float) -> None:
        """Let others run for so long. Outside of any task nothing happens."""
        task = getcurrent()
        if task is self._hub:
            return
        moment = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._waiting, (moment, next(self._order), task.switch))
        self._hub.switch()

    def run(self, until: datetime) -> None:
        """Let time pass up to a moment. What a task doesn't catch is raised here."""
        while self._waiting and self._waiting[0][0] <= until:
            self._now, _, go_on = heapq.heappop(self._waiting)
            go_on()
        self._now = max(self._now, until)
