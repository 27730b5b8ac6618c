"""One key's limit over as many processes as Lambda starts, however requests fall on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.access import ApiKey
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.storage.items import RequestCountItem
from chalicelib.storage.keys import Key
from chalicelib.storage.table import Table
from chalicelib.storage.throttle import AHEAD, FREE, TableThrottle
from tests.builders import utc

NOON = utc("2026-01-05 12:00")
LIMIT = 6000
LEAST = LIMIT * AHEAD // (AHEAD + 1)
KEY = ApiKey("ak_1", Tenant("cr_" + "7" * 16, Mode.LIVE), "d" * 64, "abcd", frozenset(), NOON)


class Counts(Table):
    """Counts as the table does, in memory: tests/contract holds the throttle on the real one."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self.writes = 0
        self.fails = False

    def update(self, key: Key, actions: Sequence[Any], condition: Any = None) -> RequestCountItem:
        if self.fails:
            raise ConnectionError
        self.writes += 1
        [added] = [int(each.values[1].value["N"]) for each in actions if _adds(each)]
        self.counts[key] += added
        return RequestCountItem(pk=key.pk, sk=key.sk, admitted=self.counts[key])


def _adds(action: Any) -> bool:
    return type(action).__name__ == "AddAction"


@dataclass
class Crowd:
    """What became of requests that fell on processes one after the other."""

    table: Counts
    admitted: int = 0
    before_refusal: int | None = None

    def __init__(self, processes: int, order: Iterable[int], *, minutes: int = 1) -> None:
        self.table = Counts()
        throttles = [TableThrottle(self.table, per_minute=LIMIT) for _ in range(processes)]
        order = list(order)
        for minute in range(minutes):
            self.admitted, self.before_refusal, self.table.writes = 0, None, 0
            for each in order:
                if throttles[each].admit(KEY, NOON + timedelta(minutes=minute)) is None:
                    self.admitted += 1
                elif self.before_refusal is None:
                    self.before_refusal = self.admitted


def evenly(processes: int, each: int) -> list[int]:
    return list(range(processes)) * each


def one_by_one(processes: int, each: int) -> list[int]:
    return [process for process in range(processes) for _ in range(each)]


def by_chance(processes: int, each: int) -> list[int]:
    order = one_by_one(processes, each)
    Random(processes).shuffle(order)
    return order


@pytest.mark.parametrize("fall", [evenly, one_by_one, by_chance])
@pytest.mark.parametrize("processes", [1, 10, 100, 1000])
def test_a_flood_gets_the_limit_and_a_small_error(processes: int, fall: Any):
    flood = Crowd(processes, fall(processes, 2 * LIMIT // processes))

    assert flood.before_refusal is not None
    assert flood.before_refusal >= LEAST
    assert LEAST <= flood.admitted <= LIMIT + FREE * processes
    assert flood.table.writes <= LIMIT + 2 * processes


@pytest.mark.parametrize("processes", [10, 100, 1000])
def test_a_flood_that_goes_on_gets_no_more_than_the_limit(processes: int):
    order = one_by_one(processes, 2 * LIMIT // processes)

    assert LEAST <= Crowd(processes, order, minutes=2).admitted <= LIMIT


@pytest.mark.parametrize(
    ("processes", "each", "most"), [(1, 6000, 65), (10, 600, 400), (100, 60, 2000), (1000, 6, 4000)]
)
def test_what_the_limit_costs_is_bounded(processes: int, each: int, most: int):
    assert Crowd(processes, evenly(processes, each)).table.writes <= most


@pytest.mark.parametrize(("processes", "each"), [(50, 61), (50, 90), (500, 9), (1000, 4)])
def test_nobody_is_locked_out_by_processes_that_fell_silent(processes: int, each: int):
    assert processes * each <= LEAST
    assert Crowd(processes, one_by_one(processes, each)).before_refusal is None


@given(bursts=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 400)), max_size=25))
def test_however_requests_fall_the_bounds_hold(bursts: list[tuple[int, int]]):
    order = [process for process, length in bursts for _ in range(length)]
    crowd = Crowd(31, order)

    assert crowd.admitted <= LIMIT + FREE * len(set(order))
    assert crowd.admitted == len(order) or (crowd.before_refusal or 0) >= LEAST


def test_what_the_table_didnt_hear_is_told_with_the_next_request():
    table = Counts()
    throttle = TableThrottle(table, per_minute=LIMIT)
    for _ in range(FREE):
        throttle.admit(KEY, NOON)
    table.fails = True
    for _ in range(2):
        with pytest.raises(ConnectionError):
            throttle.admit(KEY, NOON)
    table.fails = False

    assert throttle.admit(KEY, NOON) is None
    assert list(table.counts.values()) == [FREE + 1]
