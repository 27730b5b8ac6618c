"""Time that stands still until told, chance from a seed, and queues that keep what they got."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.domain.access import ApiKey
from chalicelib.domain.quota import Quota

MAX_DELAY = 900
"""SQS delays a message by at most 15 minutes."""


class FakeClock:
    """A clock that is set or advanced by hand."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self._now = _utc(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> datetime:
        """Go to a moment, forwards or back."""
        self._now = _utc(now)
        return self._now

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Go on by a timedelta, or by its parts: `advance(days=2, hours=3)`."""
        self._now += by if by is not None else timedelta(**parts)
        return self._now


class SeededChance:
    """Random bits that are the same in every run with the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in a fake queue."""

    queue: str
    message: dict[str, str]
    delay: int


class FakeQueues:
    """Queues by short name. `log` keeps everything ever put; `drain` takes what is waiting."""

    def __init__(self) -> None:
        self.log: list[Queued] = []
        self._waiting: dict[str, list[Queued]] = {}

    def put(self, queue: str, messages: Sequence[Mapping[str, str]], *, delay: int = 0) -> None:
        if not 0 <= delay <= MAX_DELAY:
            raise ValueError(f"{delay} seconds is no delay of a queue")
        for message in messages:
            if not all(isinstance(part, str) for pair in message.items() for part in pair):
                raise TypeError("messages hold strings only")
            entry = Queued(queue, dict(message), delay)
            self.log.append(entry)
            self._waiting.setdefault(queue, []).append(entry)

    def is_empty(self, queue: str) -> bool:
        return not self._waiting.get(queue)

    def waiting(self, queue: str) -> list[dict[str, str]]:
        """Return what is waiting, and leave it."""
        return [entry.message for entry in self._waiting.get(queue, [])]

    def drain(self, queue: str) -> list[dict[str, str]]:
        """Return what is waiting, and take it out."""
        return [entry.message for entry in self._waiting.pop(queue, [])]


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment has a timezone")
    return moment.astimezone(UTC)


class FakeThrottle:
    """Counts requests one by one; `per_minute` can be changed at any time."""

    def __init__(self, per_minute: int = 6000) -> None:
        self.per_minute = per_minute
        self._admitted: Counter[tuple[str, datetime]] = Counter()

    def admit(self, key: ApiKey, now: datetime) -> int | None:
        minute = now.replace(second=0, microsecond=0)
        if self._admitted[key.id, minute] >= self.per_minute:
            return 60 - (now - minute) // timedelta(seconds=1)
        self._admitted[key.id, minute] += 1
        return None


class FakeLimits:
    """Limits as a test sets them: `seconds` to come back after, and `quotas` by channel.

    `turns` and `refusals` keep what was asked and learnt.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.quotas: dict[str, Quota] = {}
        self.turns: list[str] = []
        self.refusals: list[tuple[str, str]] = []

    def turn(self, channel: str) -> float:
        self.turns.append(channel)
        return self.seconds

    def quota(self, channel: str) -> Quota | None:
        return self.quotas.get(channel)

    def refused(self, channel: str, reason: str) -> None:
        self.refusals.append((channel, reason))
