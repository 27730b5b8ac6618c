"""decide(): the pure heart, for files of one case, of ten and of two hundred."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bench.measure import Row, best
from chalicelib.domain.case import CustomerFile
from chalicelib.domain.decide import decide
from chalicelib.domain.default_sequence import DEFAULT
from tests.builders import a_case, a_file, day, rules, utc

DUE = "2026-01-15"
RULES = rules(DEFAULT)
MOMENTS = (
    ("nothing due yet", utc("2026-01-02 10:00")),
    ("a reminder due", utc("2026-01-19 10:00")),
    ("four weeks late, nothing sent", utc("2026-02-12 10:00")),
)
SIZES = ((1, 300), (10, 100), (200, 5))


def run(sizes: Iterable[tuple[int, int]] = SIZES) -> list[Row]:
    """Every size (cases, and how often) at every moment; the time is that of one case."""
    return [_measure(size, count, name, at) for size, count in sizes for name, at in MOMENTS]


def _measure(size: int, count: int, name: str, at: datetime) -> Row:
    file = _file(size)
    decided = best("", count, lambda: decide(file, RULES, at))
    cases = "1 case" if size == 1 else f"{size} cases"
    return Row(f"{cases}, {name}", count * size, decided.seconds)


def _file(size: int) -> CustomerFile:
    due = [day(DUE) + timedelta(days=number % 5) for number in range(size)]
    sequence = (DEFAULT.id, DEFAULT.version)
    return a_file(*(a_case(f"R-{n}", due=due[n], sequence=sequence) for n in range(size)))
