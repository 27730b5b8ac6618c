"""The instalment that is chased: what a case asks for while a payment plan holds the rest back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MESSAGE = "instalment"
"""The name of the message that every step of an instalment's sequence sends."""
_MARK = "/"


@dataclass(frozen=True, slots=True)
class InstalmentDue:
    """What of a plan is asked for now, on one of its cases.

    `series` tells its steps from those of other instalments, of this plan and others. `amount`
    (minor units) is what is missing by its `day`, what was missed before included. `sequence` (id
    and version) says on which days around it the customer is reminded, `told` which of those steps
    another case of the plan did already.
    """

    series: str
    day: date
    amount: int
    sequence: tuple[str, int]
    told: tuple[str, ...] = ()

    def key(self, step: str) -> str:
        """Return under which key the result of a step of its sequence is kept."""
        return f"{self.series}{_MARK}{step}"


def series_of(plan_part: str, number: int) -> str:
    """Return the series of a plan's instalment: by the plan's own part of the id, and its number
    from 1 on."""
    return f"{plan_part}-{number}"


def step_of(series: str, key: str) -> str | None:
    """Return the step of a series that a result's key stands for; None for anything else's."""
    own, mark, step = key.rpartition(_MARK)
    return step if mark and own == series else None


def is_of_instalment(key: str) -> bool:
    """Say whether a result's key stands for a step of some instalment."""
    series, mark, _ = key.rpartition(_MARK)
    return bool(mark) and "-" in series
