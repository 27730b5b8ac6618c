"""Sequences and their steps, the rules made of them, and the calendar they run in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import Any

from chalicelib.domain.calendar import OFFICE_DAYS, LocalCalendar, SendWindow
from chalicelib.domain.decide import Rules
from chalicelib.domain.sequence import Do, Sequence, Step


def a_step(
    key: str = "reminder", offset_days: int = 1, do: Do | str = Do.EMAIL, **facts: Any
) -> Step:
    """Return a step, by default an e-mail on the day after the due date."""
    return replace(Step(key=key, offset_days=offset_days, do=Do(do)), **facts)


def a_sequence(*steps: Step, **rules: Any) -> Sequence:
    """Return version 1 of `seq_1`; without steps it has one e-mail on the day after due."""
    chosen = steps or (a_step(),)
    return Sequence(
        **{"id": "seq_1", "name": "Test sequence", "version": 1, "steps": chosen, **rules}
    )


def a_window(
    opens: str = "09:00",
    closes: str = "17:00",
    *,
    skip_holidays: bool = True,
    days: Iterable[Any] = OFFICE_DAYS,
) -> SendWindow:
    """Return office hours, Monday to Friday, not on public holidays."""
    return SendWindow(
        days=frozenset(days),
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
        skip_holidays=skip_holidays,
    )


def rules(*sequences: Sequence) -> Rules:
    """Return the rules that hold these sequence versions."""
    return Rules({(each.id, each.version): each for each in sequences})


def berlin() -> LocalCalendar:
    """Return the calendar of Berlin."""
    return LocalCalendar("Europe/Berlin", "DE")
