"""How many requests a caller may make."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chalicelib.domain.access import ApiKey


class Throttle(Protocol):
    """The limit of requests per API key and minute, held across all processes together."""

    def admit(self, key: ApiKey, now: datetime) -> int | None:
        """Count a request, and return None where it may go on, else the seconds to wait."""
