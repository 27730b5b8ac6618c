"""Stripe's list of events, read oldest first, though it comes newest first.

A page holds a hundred. So the stretch of time that is asked for is shortened until a page holds
all of it, by how densely the events lie at its end. Only a single second is ever read over
several pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib.gateways.stripe_events import HANDLED

PAGE = 100
Json = dict[str, Any]


def read_oldest(
    fetch: Callable[[Json], Json], after: datetime, until: datetime
) -> tuple[list[Json], datetime]:
    """Return events from `after` on, oldest first, and up to when these are all.

    `fetch` makes a call to the list with the parameters that it is given.
    """
    first, end = int(after.timestamp()), int(until.timestamp())
    while True:
        page = fetch(_params(first, end))
        rows: list[Json] = page["data"]
        if not page["has_more"] or end - first <= 1:
            break
        end = first + max(1, min((end - first) // 2, end - rows[-1]["created"]))
    while page["has_more"]:
        page = fetch({**_params(first, end), "starting_after": rows[-1]["id"]})
        rows += page["data"]
    return rows[::-1], datetime.fromtimestamp(end, UTC)


def _params(first: int, end: int) -> Json:
    return {"created": {"gte": first, "lt": end}, "types": sorted(HANDLED), "limit": PAGE}
