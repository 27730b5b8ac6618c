"""Seconds, or a date in any of HTTP's forms; what says neither asks for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.gateways.retry_after import pause_asked_for
from tests.builders import utc

NOW = utc("2026-03-02 09:00")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("60", MINUTE),
        (" 0 ", 0 * MINUTE),
        ("Mon, 02 Mar 2026 09:01:00 GMT", MINUTE),
        ("Monday, 02-Mar-26 09:01:00 GMT", MINUTE),
        ("Mon Mar  2 09:01:00 2026", MINUTE),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0 * MINUTE),
        (None, 0 * MINUTE),
        ("", 0 * MINUTE),
        ("-60", 0 * MINUTE),
        ("1.5", 0 * MINUTE),
        ("٦٠", 0 * MINUTE),
        ("9" * 5000, 0 * MINUTE),
        ("Mon, 99 Mar 2026 09:01:00 GMT", 0 * MINUTE),
        ("Mon, 02 Mar 99999 09:01:00 GMT", 0 * MINUTE),
    ],
)
def test_what_is_asked_for_is_read(value: str | None, pause: timedelta):
    assert pause_asked_for(value, NOW) == pause


@given(st.text())
def test_whatever_stands_there_does_no_harm(value: str):
    assert pause_asked_for(value, NOW) >= timedelta()
