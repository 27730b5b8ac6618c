"""What can go wrong at the call of a port, and how often: the seed decides, and all is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What happens instead of a plain answer."""

    FAILS_BEFORE = "fails before the effect"
    FAILS_AFTER = "fails after the effect"
    TIMES_OUT = "times out before the effect"
    TIMES_OUT_AFTER = "times out after the effect"
    THROTTLED = "is throttled"
    KILLED_BEFORE = "kills the worker before the effect"
    KILLED_AFTER = "kills the worker after the effect"


AFTER = frozenset({Fault.FAILS_AFTER, Fault.TIMES_OUT_AFTER, Fault.KILLED_AFTER})
KILLS = frozenset({Fault.KILLED_BEFORE, Fault.KILLED_AFTER})
SLOW = frozenset({Fault.TIMES_OUT, Fault.TIMES_OUT_AFTER})
ALL = tuple(Fault)


class InjectedError(Exception):
    """A call of a port failed, as the seed wanted it."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that goes wrong, by its name, the first time that it can from `at` on."""

    at: datetime
    what: str


class Faults:
    """Draws faults. `rate` is the share of calls that one happens at; 0 in calm weather.

    `noted` are all that happened, in order.
    """

    def __init__(self, random: Random, rate: float, now: Callable[[], datetime]) -> None:
        self._random, self.now = random, now
        self.rate = rate
        self.counts: Counter[str] = Counter()
        self.noted: list[Mishap] = []

    def draw(self, call: str) -> Fault | None:
        """Return what goes wrong with a call, None for nothing."""
        if self._random.random() >= self.rate:
            return None
        fault = self._random.choice(ALL)
        self.note(f"{call} {fault}")
        return fault

    def happens(self, what: str, share: float) -> bool:
        """Say whether something of the outside world goes wrong, and count it."""
        if self.rate == 0 or self._random.random() >= share:
            return False
        self.note(what)
        return True

    def note(self, what: str) -> None:
        """Count what goes wrong now, and remember when it was."""
        self.counts[what] += 1
        self.noted.append(Mishap(self.now(), what))
