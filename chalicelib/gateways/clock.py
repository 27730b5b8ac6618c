"""The wall clock and the system's randomness: the only places that ask for either."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


class WallClock:
    """The time of day, UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemChance:
    """Randomness that nobody can guess, from the operating system."""

    def bits(self, count: int) -> int:
        return secrets.randbits(count)
