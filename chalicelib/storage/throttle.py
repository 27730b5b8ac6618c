"""Requests per API key and minute: counted in the table, but not one by one.

A process books what it is about to admit by one atomic ADD on the item of the key and minute: the
request at hand, and up to a quarter of what it admitted before or of what the limit has left,
whichever is less. So the processes together hold back at most a fifth of the limit, and less as it
runs out. A process's first two requests of a minute it admits at once and tells with the next, so
whoever calls now and then costs no write; that is all by which the limit can be exceeded, and a
process that had to refuse the minute before does without. Who is refused goes on costing nothing.
ADR 9 weighs this. A limit below a hundred is counted one by one, and exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from chalicelib.domain.access import ApiKey
from chalicelib.storage import configuration_keys
from chalicelib.storage.items import RequestCountItem
from chalicelib.storage.table import Table

FREE = 2
"""How many requests a process admits before it asks, in each minute."""
AHEAD = 4
"""What part of what it admitted, and of what is left, a process books ahead: one in so many."""
ROUGH_FROM = 100
"""Smaller limits are exact."""
MINUTE = timedelta(minutes=1)
KEPT = timedelta(hours=1)
MOST_KEYS = 1000
"""How many keys of a minute a process remembers."""


@dataclass(slots=True)
class _Share:
    """What a process may still admit of a key's minute, and what it did.

    `untold` is what it admitted and hasn't told the table, `remaining` what the limit had left when
    the table was asked last.
    """

    left: int
    remaining: int
    untold: int = 0
    admitted: int = 0
    refused: bool = False


class TableThrottle:
    """The Throttle port on DynamoDB. `per_minute` is the limit of every key."""

    def __init__(self, table: Table, *, per_minute: int) -> None:
        self._table = table
        self._per_minute = per_minute
        self._exact = per_minute < ROUGH_FROM
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._shares: dict[str, _Share] = {}
        self._insatiable: set[str] = set()

    def admit(self, key: ApiKey, now: datetime) -> int | None:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute or len(self._shares) >= MOST_KEYS:
            self._insatiable = {name for name, share in self._shares.items() if share.refused}
            self._minute, self._shares = minute, {}
        share = self._shares.get(key.id) or self._begin(key.id)
        if not share.left and not share.refused:
            self._book(key, minute, share)
        if share.refused:
            return max(1, -((now - minute - MINUTE) // timedelta(seconds=1)))
        share.left -= 1
        share.admitted += 1
        return None

    def _begin(self, name: str) -> _Share:
        free = 0 if self._exact or name in self._insatiable else FREE
        self._shares[name] = _Share(left=free, remaining=self._per_minute, untold=free)
        return self._shares[name]

    def _book(self, key: ApiKey, minute: datetime, share: _Share) -> None:
        """Tell the table what was admitted, and book what comes next.

        What other processes admitted without asking may be over the limit already.
        """
        ahead = 0 if self._exact else min(share.admitted, share.remaining) // AHEAD
        portion = max(1, ahead)
        counted = self._table.update(
            configuration_keys.request_count(key.tenant, key.id, minute),
            [
                RequestCountItem.kind.set(RequestCountItem),
                RequestCountItem.admitted.add(share.untold + portion),
                RequestCountItem.expires_at.set(int((minute + KEPT).timestamp())),
            ],
        )
        share.untold = 0
        over = cast(RequestCountItem, counted).admitted - self._per_minute
        share.remaining = max(0, -over)
        share.left = min(portion, max(0, portion - over))
        share.refused = not share.left
