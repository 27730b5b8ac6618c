"""A short life of the shipped package in bad weather; `make chaos` lives through many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.__main__ import chaos_stage, live
from tests.chaos.stage import Stage

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Return a stack of its own: the proxy stands before all that its functions call."""
    with chaos_stage() as stage:
        yield stage


def test_the_shipped_package_holds_all_invariants_in_bad_weather(stage: Stage):
    outcome = live(stage, 3, customers=3)
    assert outcome.violation is None, "\n".join([*outcome.story[-60:], outcome.violation or ""])
    assert outcome.faults.total() > 20
    assert outcome.messages
    assert any("PUT /v1/templates/" in line for line in outcome.story)
    assert outcome.webhooks > 20
    assert outcome.dead_letters
