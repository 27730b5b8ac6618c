"""What of a case nobody disputes: that is asked for on pages, and money goes there by itself."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.case import Case


def undisputed(case: Case, now: datetime) -> int:
    """Return how much of what is owed nobody disputes, in minor units."""
    held = [pause for pause in case.disputes if pause.covers(now)]
    if any(pause.amount is None for pause in held):
        return 0
    return max(0, case.remaining - sum(pause.amount or 0 for pause in held))
