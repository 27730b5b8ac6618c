"""Time, chance and the queues between functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The source of "now"."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""


class Chance(Protocol):
    """The source of randomness."""

    def bits(self, count: int) -> int:
        """Return so many random bits as an integer."""


class Queues(Protocol):
    """The queues between functions, by their short names (settings.QUEUES)."""

    def put(self, queue: str, messages: Sequence[Mapping[str, str]], *, delay: int = 0) -> None:
        """Enqueue JSON messages, after `delay` seconds."""

    def is_empty(self, queue: str) -> bool:
        """Say whether nothing waits, is delayed or is being worked on (approximately)."""
