"""Without any one of its guards Dunlin is found out."""

from __future__ import annotations

import pytest

from tests.simulation.guards import GUARDS
from tests.simulation.running import run


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_without_a_guard_the_fault_is_found_within_a_hundred_seeds(guard: str):
    told = run("--seeds", "100", "--jobs", "1", "--without", guard, status=1)
    assert "1 violations" in told


def test_without_the_catch_up_the_nightly_comparison_finds_the_money_and_takes_it_in():
    stories = (
        run("--seed", str(seed), "--without", "catch-up", status=None) for seed in range(25, 125, 4)
    )
    assert any("not_here True" in story for story in stories)
