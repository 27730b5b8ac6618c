"""Two hundred lives from fresh seeds hold all invariants; the same seed is the same life; and
without any one of its guards Dunlin is found out."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.__main__ import live
from tests.simulation.guards import GUARDS

SEEDS, TOGETHER = 200, 20


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_all_invariants_hold_in_any_weather(first: int):
    for seed in range(first, first + TOGETHER):
        outcome = live(seed)
        assert outcome.violation is None, _story(seed, outcome.story, outcome.violation)


def test_the_same_seed_is_the_same_life_to_the_byte():
    """Whatever the process: nothing depends on how Python hashes texts."""
    assert _run("--seed", "7", hashing="1") == _run("--seed", "7", hashing="2")


def test_another_seed_is_another_life():
    assert live(1).story != live(2).story


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_without_a_guard_the_fault_is_found_within_a_hundred_seeds(guard: str):
    told = _run("--seeds", "100", "--jobs", "1", "--without", guard, status=1)
    assert "1 violations" in told


def test_without_the_catch_up_the_nightly_comparison_finds_the_money_and_takes_it_in():
    stories = (
        _run("--seed", str(seed), "--without", "catch-up", status=None)
        for seed in range(25, 125, 4)
    )
    assert any("not_here True" in story for story in stories)


def test_with_the_catch_up_nights_find_nothing():
    stories = [live(seed).story for seed in range(TOGETHER)]
    assert [line for story in stories for line in story if "found at night" in line] == []


def _run(*words: str, hashing: str = "0", status: int | None = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *words],
        env={**os.environ, "PYTHONHASHSEED": hashing},
        capture_output=True,
        text=True,
        check=False,
    )
    expected = {0, 1} if status is None else {status}
    assert done.returncode in expected, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _story(seed: int, story: list[str], violation: str) -> str:
    return "\n".join([f"seed {seed}", *story[-60:], violation])
