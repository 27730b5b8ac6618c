"""Every call of a port is a point where the seed may switch to another worker or let it fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from greenlet import getcurrent

from tests.simulation.faults import AFTER, KILLS, SLOW, Faults, InjectedError
from tests.simulation.scheduler import Killed, Scheduler

QUICK, SLOW_CALL, TIMEOUT = (0.002, 0.03), (0.2, 3.0), (3.0, 10.0)
"""Seconds that calls take: most, some, and those that time out."""


class Weather:
    """The scheduler and the faults together: what a call goes through."""

    def __init__(self, scheduler: Scheduler, random: Random, faults: Faults) -> None:
        self.scheduler = scheduler
        self.faults = faults
        self._ends: dict[object, datetime] = {}
        self._random = random

    def call(self, name: str, effect: Callable[[], Any], error: type[Exception]) -> Any:
        """Make a call of a port, or let it go wrong."""
        self.wait()
        fault = self.faults.draw(name)
        if fault in SLOW:
            self.scheduler.sleep(self._random.uniform(*TIMEOUT))
        self._in_time(name)
        if fault is None:
            return effect()
        if fault in AFTER:
            effect()
            self.wait()
        if fault in KILLS:
            raise Killed(name)
        raise error(f"{name} {fault}")

    @contextmanager
    def ending(self, at: datetime) -> Iterator[None]:
        """Kill what the running task does if it calls anything after a moment."""
        task = getcurrent()
        self._ends[task] = at
        try:
            yield
        finally:
            del self._ends[task]

    def _in_time(self, name: str) -> None:
        """Kill the task if it has no time left."""
        end = self._ends.get(getcurrent())
        if end is not None and self.scheduler.now() > end:
            self.faults.counts["a function's time is over"] += 1
            raise Killed(name)

    def wait(self) -> None:
        """Take as long as a call takes."""
        draw = self._random.random()
        if draw < 0.5:
            self.scheduler.sleep(self._random.uniform(*QUICK))
        elif draw > 0.99:
            self.scheduler.sleep(self._random.uniform(*SLOW_CALL))


class Behind:
    """Stands before a port: every method that is called goes through the weather."""

    def __init__(
        self, weather: Weather, name: str, target: object, error: type[Exception] = InjectedError
    ) -> None:
        self._weather, self._name, self._target, self._error = weather, name, target, error

    def __getattr__(self, method: str) -> Any:
        call, weather, error = getattr(self._target, method), self._weather, self._error
        name = f"{self._name}.{method}"

        def point(*args: object, **kwargs: object) -> Any:
            return weather.call(name, lambda: call(*args, **kwargs), error)

        setattr(self, method, point)
        return point
