"""What is kept grows old by the wall clock, also while the process stands still."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.ports.kept import Kept
from tests.fakes.world import FakeClock

FIVE = timedelta(minutes=5)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the wall clock of a frozen process: its monotonic clock stands still."""
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    return FakeClock()


def test_it_is_read_again_when_its_time_is_up(clock: FakeClock):
    kept, reads = Kept[str, int](clock, FIVE), count(1)

    def look() -> int:
        return kept.get("a", lambda: next(reads))

    assert [look(), look()] == [1, 1]
    clock.advance(FIVE - timedelta(microseconds=1))
    assert look() == 1
    clock.advance(timedelta(microseconds=1))
    assert [look(), look()] == [2, 2]


def test_whoever_wants_it_fresher_reads_sooner(clock: FakeClock):
    kept, reads = Kept[str, int](clock, FIVE), count(1)
    kept.get("a", lambda: next(reads))
    clock.advance(seconds=5)

    assert kept.get("a", lambda: next(reads), within=timedelta(seconds=6)) == 1
    assert kept.get("a", lambda: next(reads), within=timedelta(seconds=5)) == 2
    assert kept.get("a", lambda: next(reads)) == 2


def test_what_seems_to_come_from_the_future_is_read_again(clock: FakeClock):
    kept, reads = Kept[str, int](clock, FIVE), count(1)
    kept.get("a", lambda: next(reads))
    clock.advance(-timedelta(hours=1))

    assert [kept.get("a", lambda: next(reads)) for _ in range(2)] == [2, 2]


def test_nothing_is_as_good_as_any_value_and_each_key_is_for_itself(clock: FakeClock):
    kept, reads = Kept[str, int | None](clock, FIVE), count(1)
    kept.put("a", None)

    assert kept.get("a", lambda: next(reads)) is None
    assert kept.get("b", lambda: next(reads)) == 1
    kept.forget("a")
    assert kept.get("a", lambda: next(reads)) == 2


def test_beyond_so_many_what_was_read_longest_ago_goes(clock: FakeClock):
    kept = Kept[int, int](clock, FIVE, at_most=2)
    for each in (1, 2, 1, 3):
        kept.put(each, each)

    assert len(kept) == 2
    assert [kept.get(each, lambda: -1) for each in (1, 2)] == [1, -1]


def test_a_read_that_fails_leaves_what_was_known(clock: FakeClock):
    kept = Kept[str, int](clock, FIVE)
    kept.put("a", 1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0, within=timedelta(0))

    assert kept.get("a", lambda: 2) == 1
