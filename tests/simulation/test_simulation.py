"""Two hundred lives from fresh seeds hold all invariants; the same seed is the same life."""

from __future__ import annotations

import pytest

from tests.simulation.__main__ import live
from tests.simulation.running import run

SEEDS, TOGETHER = 200, 20


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_all_invariants_hold_in_any_weather(first: int):
    for seed in range(first, first + TOGETHER):
        outcome = live(seed)
        assert outcome.violation is None, _story(seed, outcome.story, outcome.violation)


def test_the_same_seed_is_the_same_life_to_the_byte():
    """Whatever the process: nothing depends on how Python hashes texts."""
    assert run("--seed", "7", hashing="1") == run("--seed", "7", hashing="2")


def test_another_seed_is_another_life():
    assert live(1).story != live(2).story


def test_with_the_catch_up_nights_find_nothing():
    stories = [live(seed).story for seed in range(TOGETHER)]
    assert [line for story in stories for line in story if "found at night" in line] == []


def _story(seed: int, story: list[str], violation: str) -> str:
    return "\n".join([f"seed {seed}", *story[-60:], violation])
