"""Batches are cut to DynamoDB's sizes, and what one leaves undone is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each attempt at what a batch left undone."""
PATIENCE = (*PAUSES, 1.6, 3.2, 6.4, 12.8, 25.6)
"""The same for a table that is being filled: a new one takes less than its fillers could give."""


class BatchUnfinishedError(Exception):
    """The table left a part of a batch undone, attempt after attempt."""


def groups(work: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the work in order, cut into groups of at most `size`."""
    left = iter(work)
    while group := list(islice(left, size)):
        yield group


def until_done(
    attempt: Callable[[Sequence[T]], Sequence[T]],
    work: Sequence[T],
    pauses: Sequence[float],
) -> None:
    """Attempt the work, then what an attempt left undone, each after the next pause (seconds).

    Raises BatchUnfinishedError.
    """
    for pause in pauses:
        time.sleep(pause)
        work = attempt(work)
        if not work:
            return
    raise BatchUnfinishedError(f"{len(work)} of a batch undone after {len(pauses)} attempts")
