"""Owners of test clocks: they send them on while things go wrong, and wait until they are ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.test_clock import ClockStatus, TestClock
from tests.endings import require
from tests.simulation.client import Client
from tests.simulation.scene import Advance, Party

if TYPE_CHECKING:
    from tests.simulation.life import Life

LOOKS_EVERY = 40.0
"""Seconds between two looks at a clock that is advancing."""
ASKS_AGAIN = 30
"""After so many looks the owner asks for the same advance once more."""
PATIENCE = timedelta(days=2)
"""How long an advance may take in the worst weather; a person redrives what is dead meanwhile."""
LATER = timedelta(minutes=1)
LOOKS_AGAIN = timedelta(days=5)
"""How often, in calm weather, the owner looks whether something has begun anew."""
LEAP, LEAPS = timedelta(days=40), 40
"""How far the clock is sent again and again in calm weather, until nothing is scheduled on it."""


class Owners:
    """The part of `People` that has a test clock."""

    _life: Life
    client: Client
    party: Party
    clock: str | None

    def keep_a_clock(self) -> None:
        """Create the clock, and send it on as the scene says; then until nothing is left to do."""
        life = self._life
        told = self.client.post("a test clock", "/v1/test_clocks", {"frozen_time": _start(life)})
        if not told:
            return
        self.clock = told["id"]
        for advance in self.party.advances:
            life.scheduler.at(advance.at, partial(self._send, advance))
        life.scheduler.at(life.calm_from + LATER, self._send_to_the_end)

    def _send(self, advance: Advance) -> bool:
        """Send the clock on, and wait until it is there."""
        life = self._life
        path, to = f"/v1/test_clocks/{self.clock}", instant(advance.to)
        name = f"advance to {advance.to:%d %b %H:%M}"
        if not self.client.post(name, f"{path}/advance", {"frozen_time": to}, once=False):
            return False
        gives_up = life.scheduler.now() + PATIENCE
        looks = 0
        while life.scheduler.now() < gives_up:
            life.scheduler.sleep(LOOKS_EVERY)
            shown = self.client.get(path)
            if shown and shown["status"] == "ready":
                life.tell(f"{name}: ready")
                return True
            looks += 1
            if looks % ASKS_AGAIN == 0:
                self.client.post(f"{name}, again", f"{path}/advance", {"frozen_time": to})
        require(life.faults.rate, f"I3: {self.clock} never gets to {to}")
        return False

    def _send_to_the_end(self) -> None:
        """Let the clock's customers live until nothing of theirs is scheduled any more.

        The provider's time isn't the clock's: what it says later may begin something anew.
        """
        self._life.scheduler.after(LOOKS_AGAIN.total_seconds(), self._send_to_the_end)
        for _ in range(LEAPS):
            clock = self._clock()
            if clock.status is ClockStatus.READY and not self._is_anything_due():
                return
            to = clock.target if clock.status is ClockStatus.ADVANCING else clock.now + LEAP
            self._send(Advance(self._life.scheduler.now(), to))
        require(not self._is_anything_due(), f"I3: {self.clock} has always something to do")

    def _clock(self) -> TestClock:
        clock = self._life.ledger.test_clock(self.party.tenant, str(self.clock))
        assert clock is not None
        return clock

    def _is_anything_due(self) -> bool:
        return any(
            case.due_at and case.test_clock == self.clock for case in self._life.working_cases()
        )


def instant(moment: datetime) -> str:
    """Write a moment as the API reads it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _start(life: Life) -> str:
    return instant(life.start)
