"""From when to when a pause holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.case import CLOCKS_DIFFER_BY, Pause, PauseKind
from tests.builders import utc

BEGUN = utc("2026-03-21 12:00")
BEFORE = timedelta(microseconds=-1)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (BEGUN - timedelta(days=3), False),
        (BEGUN - CLOCKS_DIFFER_BY + BEFORE, False),
        (BEGUN - CLOCKS_DIFFER_BY, True),
        (BEGUN, True),
        (BEGUN + timedelta(days=1) + BEFORE, True),
        (BEGUN + timedelta(days=1), False),
    ],
)
def test_it_holds_from_its_beginning_up_to_its_end(at, holds):
    pause = Pause(PauseKind.HOLD, "asked to wait", BEGUN, BEGUN + timedelta(days=1))
    assert pause.covers(at) is holds


def test_without_an_end_it_holds_for_ever():
    assert Pause(PauseKind.HOLD, "asked to wait", BEGUN).covers(utc("2126-01-01"))
