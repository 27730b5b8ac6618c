"""How many requests a caller may make, and how many messages we may."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chalicelib.domain.access import ApiKey
from chalicelib.domain.quota import Quota


class Throttle(Protocol):
    """The limit of requests per API key and minute, held across all processes together."""

    def admit(self, key: ApiKey, now: datetime) -> int | None:
        """Count a request, and return None where it may go on, else the seconds to wait."""


class SendingLimits(Protocol):
    """What the providers take from this account. `channel` is `email` or `sms`."""

    def turn(self, channel: str) -> float:
        """Wait until this process may hand over one more message, and return 0.

        Where that takes too long to wait, return the seconds after which to come back.
        """

    def quota(self, channel: str) -> Quota | None:
        """Return what the provider takes today, as it said a minute ago at most; None: no limit."""

    def refused(self, channel: str, reason: str) -> None:
        """Learn that the provider refused: too fast (`throttled`) or too many (`quota`)."""
