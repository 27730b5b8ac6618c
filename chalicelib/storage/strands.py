"""A strand is one sorted run of items; a list is one strand, or several merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.ports.storage import Cursor, Page
from chalicelib.storage import keys
from chalicelib.storage.table import Table

T = TypeVar("T")
_HIGHEST = "~"  # sorts after every character of an id


@dataclass(frozen=True, slots=True)
class Strand:
    """One sorted run of items: of the list index, or of a partition below a sort prefix."""

    partition: str
    prefix: str | None = None

    def condition(self, cursor: Cursor, bound: str | None) -> Condition | None:
        """Return the condition for what lies beyond the cursor, the bound itself included."""
        if self.prefix is None:
            sort = Path(keys.LIST_SORT)
            if bound is None:
                return None
            return sort >= bound if cursor.before else sort <= bound
        sort, prefix = Path(keys.SORT), self.prefix
        if bound is None:
            return sort.startswith(prefix)
        if cursor.before:
            return sort.between(prefix + bound, prefix + _HIGHEST)
        return sort.between(prefix, prefix + bound)

    def position(self, raw: dict[str, Any]) -> str:
        """Return where in the strand an item stands."""
        if self.prefix is None:
            return keys.position_in(str(raw[keys.LIST_SORT]["S"]))
        return str(raw[keys.SORT]["S"]).removeprefix(self.prefix)


def walk(
    table: Table,
    strands: Sequence[Strand],
    cursor: Cursor,
    bound: str | None,
    *,
    at_once: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield items beyond the bound, merged by position, away from the cursor.

    They are read `at_once` per query, or as many as the cursor's page needs.
    """
    newest_first = cursor.before is None
    # The bound itself, and one to know whether there is more.
    limit = cursor.limit + 2 if at_once is None else at_once
    runs = [_run(table, strand, cursor, bound, limit) for strand in strands]
    merged = heapq.merge(*runs, key=lambda each: each[0], reverse=newest_first)
    last = bound
    for position, raw in merged:
        if position != last:  # while an item changes its list, it may stand on both
            yield raw
        last = position


def _run(
    table: Table, strand: Strand, cursor: Cursor, bound: str | None, limit: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    found = table.query(
        strand.partition,
        strand.condition(cursor, bound),
        index=keys.LIST_INDEX if strand.prefix is None else None,
        newest_first=cursor.before is None,
        limit=limit,
    )
    return ((strand.position(raw), raw) for raw in found)


def page_of(found: Iterable[T], cursor: Cursor) -> Page[T]:
    """Cut a page out of what lies beyond the cursor; read one more to know whether there is."""
    taken = list(islice(found, cursor.limit + 1))
    data = taken[: cursor.limit]
    if cursor.before is not None:
        data.reverse()
    return Page(tuple(data), len(taken) > cursor.limit)
