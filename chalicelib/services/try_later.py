"""Ordinary reasons to stop before anything was done: the same may be tried later."""

from __future__ import annotations


class TryLaterError(Exception):
    """The message wasn't taken and nothing is claimed: it may be decided anew later.

    `seconds` is how long it should wait at least.
    """

    seconds = 0.0


class UnderPressureError(TryLaterError):
    """The provider takes no more just now; it may again after so many seconds, or later."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds
