"""Measures work by the processor time of this process, the best of a few rounds.

Processor time hardly changes when others use the machine; wall time does.
"""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `seconds` is what all `count` took."""

    what: str
    count: int
    seconds: float

    @property
    def each_ms(self) -> float:
        """Milliseconds for one."""
        return self.seconds / self.count * 1000

    @property
    def per_second(self) -> float:
        """How many in a second of one processor."""
        return self.count / self.seconds


def best(what: str, count: int, work: Callable[[], object], *, rounds: int = ROUNDS) -> Row:
    """Call `work` `count` times in each round; the quickest round counts."""
    work()
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        for _ in range(count):
            work()
        taken.append(time.process_time() - start)
    return Row(what, count, min(taken))


def once(what: str, count: int, work: Callable[[], object]) -> Row:
    """Measure work that does `count` things and can't be repeated."""
    gc.collect()
    start = time.process_time()
    work()
    return Row(what, count, time.process_time() - start)


def table(title: str, rows: Iterable[Row]) -> str:
    """The rows as Markdown."""
    head = (f"| {title} | n | ms each | per second |", "|---|--:|--:|--:|")
    lines = (
        f"| {row.what} | {row.count:,} | {row.each_ms:.3f} | {row.per_second:,.0f} |"
        for row in rows
    )
    return "\n".join([*head, *lines])
