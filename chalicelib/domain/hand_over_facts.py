"""Which events the hand-over of a case is, and its way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.case import Case, Pause, PauseKind

Named = Iterator[tuple[str, dict[str, Any]]]


def handed_over(case: Case) -> Pause | None:
    """Return the pause of a case that is with an agency or a lawyer."""
    return next((each for each in case.pauses if each.kind is PauseKind.HANDED_OVER), None)


def of_case(before: Case, after: Case, data: dict[str, Any]) -> Named:
    """Yield that a case was handed over, or handed back."""
    had, has = handed_over(before), handed_over(after)
    if has and has != had:
        owed = {"amount_remaining": after.remaining, "currency": after.currency.code}
        yield "case.handed_over", {**data, **owed, "to": has.reason}
    if had and not has:
        yield "case.handed_back", {**data, "from": had.reason}
