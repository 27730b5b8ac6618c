"""Stripe's list comes newest first and by the hundred; it is read oldest first, and nothing is left
out however the events lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.gateways.stripe_events import HANDLED
from chalicelib.gateways.stripe_listing import PAGE, read_oldest

START = datetime(2026, 1, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOST_TYPES = 20
"""How many types Stripe takes in one call."""


class Listed:
    """Events at so many seconds after the start, listed as Stripe does."""

    def __init__(self, *seconds: int) -> None:
        first = int(START.timestamp())
        self.rows = [
            {"id": f"evt_{number}", "created": first + second}
            for number, second in enumerate(sorted(seconds))
        ]
        self.asked: list[dict[str, Any]] = []

    def __call__(self, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(params)
        within = range(params["created"]["gte"], params["created"]["lt"])
        found = [row for row in reversed(self.rows) if row["created"] in within]
        if after := params.get("starting_after"):
            found = found[[row["id"] for row in found].index(after) + 1 :]
        return {"data": found[: params["limit"]], "has_more": len(found) > params["limit"]}


def read(listed: Listed, *, until: datetime) -> tuple[list[str], int]:
    """Read to the end, and return the ids and how many reads it took."""
    found: list[str] = []
    after, reads = START, 0
    while after < until:
        rows, end = read_oldest(listed, after, until)
        assert after < end <= until
        found += [row["id"] for row in rows]
        after, reads = end, reads + 1
    return found, reads


def test_a_quiet_hour_is_one_call():
    listed = Listed(1, 5, 5, 3599)
    assert read(listed, until=START + HOUR) == (["evt_0", "evt_1", "evt_2", "evt_3"], 1)
    [asked] = listed.asked
    assert asked["created"] == {"gte": int(START.timestamp()), "lt": int(START.timestamp()) + 3600}
    assert (asked["limit"], set(asked["types"])) == (PAGE, HANDLED)
    assert len(HANDLED) <= MOST_TYPES


@given(st.lists(st.integers(0, 7199), max_size=700), st.lists(st.integers(0, 7199), max_size=3))
def test_nothing_is_left_out_and_nothing_comes_twice(seconds: list[int], crowds: list[int]):
    listed = Listed(*seconds, *(each for each in crowds for _ in range(2 * PAGE + 50)))
    found, _ = read(listed, until=START + 2 * HOUR)
    assert found == [row["id"] for row in listed.rows]


def test_a_day_of_a_busy_shop_takes_few_calls_for_a_page():
    listed = Listed(*range(0, 86400, 5))
    found, reads = read(listed, until=START + 24 * HOUR)
    assert len(found) == 17280
    assert len(listed.asked) < 4 * 17280 / PAGE
    assert reads >= 17280 / (2 * PAGE)


def test_a_crowd_in_the_last_second_makes_no_small_steps_of_the_day_before_it():
    day = range(0, 86400, 86)
    listed = Listed(*day, *[86399] * 150)
    found, _ = read(listed, until=START + 24 * HOUR)
    assert found == [row["id"] for row in listed.rows]
    assert len(listed.asked) < 80


def test_a_crowd_after_a_silent_day_is_soon_found():
    listed = Listed(*[86370 + number % 30 for number in range(300)])
    found, _ = read(listed, until=START + 24 * HOUR)
    assert len(found) == 300
    assert len(listed.asked) < 50


def test_without_time_it_is_one_stretch_that_is_read():
    listed = Listed(*range(0, 3600, 10))
    rows, until = read_oldest(listed, START, START + HOUR, lambda: False)
    assert START < until < START + HOUR
    seconds = (until - START).seconds
    assert [row["id"] for row in rows] == [f"evt_{number}" for number in range(-(-seconds // 10))]
    assert len(rows) <= PAGE


@pytest.mark.parametrize("until", [START, START - HOUR])
def test_an_empty_stretch_is_empty(until: datetime):
    assert read_oldest(Listed(0, 1), START, until)[0] == []
