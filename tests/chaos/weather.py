"""What the seed lets go wrong: a pure function of the seed, the call and its place among its like.

Which worker makes the seventh PutItem is for the machine to say, so a run is never the same to the
byte. But the seventh PutItem of a seed meets the same fault in every run.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from random import Random

from tests.simulation.faults import AFTER, ALL, KILLS, SLOW, Fault

RATES = (0.1, 0.16, 0.22)
"""Shares of calls at which something goes wrong; a seed has one of them."""
TOGETHER = 6
"""Calls in a row that an outage takes in: more than any client of ours repeats one."""
OUTAGES = 0.02
OF_WORKERS = ALL
OF_OTHERS = tuple(fault for fault in ALL if fault not in KILLS)
SPARED = 0.85
"""How many of the kills and timeouts that are drawn become plain failures: real ones take time."""
ODDITIES = {
    "a message comes twice": 0.15,
    "a message is late": 0.08,
    "a message is lost": 0.12,
    "the due index lags": 0.1,
    "a webhook comes twice": 0.2,
    "a webhook is late": 0.1,
    "a mail event comes twice": 0.15,
    "a mail event never comes": 0.08,
}
"""What services do without failing, and at which share of the calls that it can happen to."""
LEAKS = {"a message is lost": 0.25}
"""The same while it only leaks: then the last message of a customer gets lost, too, which no later
step makes good."""
TOLD = 4000
KILLED = "a worker is killed"
"""What is noted in addition where a fault that kills found its worker."""


def rate_of(seed: int) -> float:
    """Return the share of calls at which something goes wrong in a seed."""
    return RATES[seed % len(RATES)]


def fault_at(seed: int, call: str, place: int, *, kills: bool) -> Fault | None:
    """Return what happens at the call of that name and place, None for nothing."""
    outage = Random(f"{seed} {call} outage {place // TOGETHER}")
    if outage.random() < OUTAGES:
        return outage.choice((Fault.FAILS_BEFORE, Fault.THROTTLED, Fault.FAILS_AFTER))
    own = Random(f"{seed} {call} {place}")
    if own.random() >= rate_of(seed):
        return None
    fault = own.choice(OF_WORKERS if kills else OF_OTHERS)
    if fault in KILLS | SLOW and own.random() < SPARED:
        return Fault.FAILS_AFTER if fault in AFTER else Fault.FAILS_BEFORE
    return fault


class Weather:
    """One seed's weather: what each call meets, counted and told. Without a seed it is calm; where
    it only `leaks`, no call fails.
    """

    def __init__(self, seed: int | None = None, *, leaks: bool = False) -> None:
        self.seed = seed
        self.leaks = leaks
        self.calls = 0
        self.counts: Counter[str] = Counter()
        self.story: deque[tuple[float, str]] = deque(maxlen=TOLD)
        self._places: Counter[str] = Counter()

    def draw(self, call: str, *, kills: bool) -> Fault | None:
        """Return what goes wrong with the next call of that name."""
        self.calls += 1
        if self.seed is None or self.leaks:
            return None
        place = self._next(call)
        fault = fault_at(self.seed, call, place, kills=kills)
        if fault:
            self.note(f"{call} {fault}", f"{call} #{place} {fault}")
        return fault

    def happens(self, what: str) -> Random | None:
        """Say whether an oddity happens now: chance of its own if so, None if not."""
        if self.seed is None:
            return None
        place = self._next(what)
        own = Random(f"{self.seed} {what} {place}")
        if own.random() >= (LEAKS.get(what, 0.0) if self.leaks else ODDITIES[what]):
            return None
        self.note(what, f"{what} #{place}")
        return own

    def note(self, kind: str, line: str) -> None:
        """Count a fault, and tell of it."""
        self.counts[kind] += 1
        self.story.append((time.time(), line))

    def _next(self, name: str) -> int:
        self._places[name] += 1
        return self._places[name]
