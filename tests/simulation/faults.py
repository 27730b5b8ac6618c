"""What can go wrong at the call of a port, and how often: the seed decides, and all is counted."""

from __future__ import annotations

from collections import Counter
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


class Faults:
    """Draws faults. `rate` is the share of calls that one happens at; 0 in calm weather."""

    def __init__(self, random: Random, rate: float) -> None:
        self._random = random
        self.rate = rate
        self.counts: Counter[str] = Counter()

    def draw(self, call: str) -> Fault | None:
        """Return what goes wrong with a call, None for nothing."""
        if self._random.random() >= self.rate:
            return None
        fault = self._random.choice(ALL)
        self.counts[f"{call} {fault}"] += 1
        return fault

    def happens(self, what: str, share: float) -> bool:
        """Say whether something of the outside world goes wrong, and count it."""
        if self.rate == 0 or self._random.random() >= share:
            return False
        self.counts[what] += 1
        return True
