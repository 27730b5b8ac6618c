"""A stretch of a customer's time that a restore has lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LostStretch:
    """A stretch of time of which the records were lost: nobody knows what was sent in it."""

    since: datetime
    until: datetime
