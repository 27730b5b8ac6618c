"""What went wrong once is told for ever: it holds, and fails without what mended it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulation.faults import Mishap
from tests.simulation.guards import MENDED
from tests.simulation.stories import Planned, kind, names, read, violation_of

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
SEND, SAVE = "a worker is killed after a message left", "ledger.commit is throttled"


@pytest.mark.parametrize("name", names())
def test_a_story_that_was_mended_stays_mended(name: str):
    violation, lines = violation_of(read(name))
    assert violation is None, "\n".join([*lines[-60:], str(violation)])


@pytest.mark.parametrize("name", names())
def test_without_its_guard_a_story_goes_wrong_again(name: str):
    story = read(name)
    words = [sys.executable, "-m", "tests.simulation", "--story", name, "--without", story.mended]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert kind(done.stdout.splitlines()[-1]) == story.violation


def test_every_guard_that_was_missing_once_has_its_story():
    assert {read(name).mended for name in names()} == set(MENDED)


def test_a_mishap_comes_at_the_first_call_of_its_name_from_its_moment_on_and_once():
    moments = iter(NOW + timedelta(seconds=each) for each in range(100))
    planned = Planned([Mishap(NOW + timedelta(seconds=3), SEND)], lambda: next(moments))
    assert [planned.happens(SEND, 0.1) for _ in range(5)] == [False, False, False, True, False]


def test_calls_that_are_new_take_nothing_from_those_that_were_there():
    planned = Planned([Mishap(NOW, SAVE)], lambda: NOW)
    assert [planned.draw(call) for call in ("ledger.added_later", "ledger.file")] == [None, None]
    assert planned.draw("ledger.commit") == "is throttled"
    assert planned.draw("ledger.commit") is None
    assert planned.counts == {SAVE: 1}


def test_in_calm_weather_nothing_that_is_left_of_a_story_happens():
    planned = Planned([Mishap(NOW, SAVE)], lambda: NOW)
    planned.rate = 0.0
    assert planned.draw("ledger.commit") is None
