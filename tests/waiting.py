"""Waiting for what another process does: until it is so, and not for ever."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from typing import Any


def until(
    done: Callable[[], Any], what: str, *, seconds: float = 90, between: float = 0.25
) -> None:
    """Wait until `done()` is true; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(between)


def answers(url: str) -> bool:
    """Say whether a server is there and has this page."""
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False
