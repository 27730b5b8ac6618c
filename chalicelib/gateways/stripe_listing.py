"""Stripe's list of events, read oldest first, though it comes newest first.

A page holds a hundred. So the stretch of time that is asked for is shortened until a page holds
all of it, by how densely the events lie at its end, though never at a stroke to next to nothing:
a crowd at the end says little of what lies before. Stretches that hold little are lengthened
again. Only a single second is ever read over several pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib.gateways.stripe_events import HANDLED

PAGE = 100
SHORTENED_AT_MOST = 64
"""A stretch that holds too much is followed by one of this part of it, or longer."""
Json = dict[str, Any]
Fetch = Callable[[Json], Json]


def read_oldest(
    fetch: Fetch, after: datetime, until: datetime, has_time: Callable[[], bool] = lambda: True
) -> tuple[list[Json], datetime]:
    """Return events from `after` on, oldest first, and up to when these are all.

    `fetch` makes a call to the list with the parameters that it is given. It is a page or two
    that is read, and no more than the first stretch that a page holds where there is no time.
    """
    first, last = int(after.timestamp()), int(until.timestamp())
    rows: list[Json] = []
    start, length = first, last - first
    while start < last and (start == first or (len(rows) < PAGE and has_time())):
        length = min(length, last - start)
        page = fetch(_params(start, start + length))
        if page["has_more"] and length > 1:
            length = _shortened(start, length, page["data"])
            continue
        rows += _whole(fetch, start, length, page)
        start, length = start + length, 2 * length
    return rows, datetime.fromtimestamp(start, UTC)


def _shortened(start: int, length: int, newest: list[Json]) -> int:
    dense: int = start + length - newest[-1]["created"]
    return max(1, length // SHORTENED_AT_MOST, min(length // 2, dense))


def _whole(fetch: Fetch, start: int, length: int, page: Json) -> list[Json]:
    """Return all events of a stretch, oldest first."""
    rows: list[Json] = list(page["data"])
    while page["has_more"]:
        page = fetch({**_params(start, start + length), "starting_after": rows[-1]["id"]})
        rows += page["data"]
    return rows[::-1]


def _params(start: int, end: int) -> Json:
    return {"created": {"gte": start, "lt": end}, "types": sorted(HANDLED), "limit": PAGE}
