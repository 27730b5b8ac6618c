"""Requests per API key and minute: counted in the table, but not one by one.

A process takes its requests from the minute's limit in portions of a hundredth, each by one atomic
ADD, and lets its first portion pass before it asks at all. So whoever calls now and then costs no
write; who uses the whole limit costs about a hundred; and who is refused costs none. Together the
processes admit at most the limit and one portion each (ADR 9 weighs this). A limit below a hundred
is counted one by one, and exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from chalicelib.domain.access import ApiKey
from chalicelib.storage import keys
from chalicelib.storage.items import RequestCountItem
from chalicelib.storage.table import Table

PORTIONS = 100
MINUTE = timedelta(minutes=1)
KEPT = timedelta(hours=1)
MOST_KEYS = 1000
"""How many keys of a minute a process remembers."""


@dataclass(slots=True)
class _Share:
    """What a process may still admit, and what it admitted and hasn't told the table."""

    left: int
    untold: int
    refused: bool = False


class TableThrottle:
    """The Throttle port on DynamoDB. `per_minute` is the limit of every key."""

    def __init__(self, table: Table, *, per_minute: int) -> None:
        self._table = table
        self._per_minute = per_minute
        self._portion = max(1, per_minute // PORTIONS)
        self._first = self._portion if per_minute >= PORTIONS else 0
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._shares: dict[str, _Share] = {}

    def admit(self, key: ApiKey, now: datetime) -> int | None:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute or len(self._shares) >= MOST_KEYS:
            self._minute, self._shares = minute, {}
        share = self._shares.setdefault(key.id, _Share(self._first, self._first))
        if not share.left and not share.refused:
            share.left = self._take(key, minute, share)
            share.refused = not share.left
        if share.refused:
            return max(1, -((now - minute - MINUTE) // timedelta(seconds=1)))
        share.left -= 1
        return None

    def _take(self, key: ApiKey, minute: datetime, share: _Share) -> int:
        """Tell the table what was admitted, take a portion more, and return how much of it is left.

        What other processes admitted without asking may be over the limit already.
        """
        asked = share.untold + self._portion
        share.untold = 0
        counted = self._table.update(
            keys.request_count(key.tenant, key.id, minute),
            [
                RequestCountItem.kind.set(RequestCountItem),
                RequestCountItem.admitted.add(asked),
                RequestCountItem.expires_at.set(int((minute + KEPT).timestamp())),
            ],
        )
        over = cast(RequestCountItem, counted).admitted - self._per_minute
        return max(0, min(self._portion, self._portion - over))
