"""How a run ends that broke an invariant."""

from __future__ import annotations


class Violation(BaseException):
    """An invariant doesn't hold. No worker can swallow it."""


def require(holds: object, what: str) -> None:
    """Raise Violation unless it holds."""
    if not holds:
        raise Violation(what)
