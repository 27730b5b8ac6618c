"""What fits into one transaction, and how writes that don't are cut into several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.case import Case
from chalicelib.ports.storage import Record, Write

MAX_TRANSACTION_ITEMS = 100
"""How many items DynamoDB writes in one transaction. A case that moves counts twice."""


def moves(write: Write[Record]) -> bool:
    """Say whether a case is finished or reopened, and so moves between file and archive."""
    return (
        isinstance(write.before, Case)
        and isinstance(write.after, Case)
        and write.before.is_unfinished is not write.after.is_unfinished
    )


def items_written(writes: Iterable[Write[Record]]) -> int:
    """Return how many items the writes put or delete."""
    return sum(2 if moves(write) else 1 for write in writes)


def in_transactions(groups: Iterable[Sequence[Write[Record]]]) -> Iterator[list[Write[Record]]]:
    """Cut writes into transactions in their order; those of a group stay together."""
    portion: list[Write[Record]] = []
    for group in groups:
        if portion and items_written([*portion, *group]) > MAX_TRANSACTION_ITEMS:
            yield portion
            portion = []
        portion.extend(group)
    if portion:
        yield portion
