"""What decided about a case's sequence, in as few bytes as it takes: it is on every case."""

from __future__ import annotations

from chalicelib.domain.choice import Choice, ChosenBy, Covered
from chalicelib.storage.attributes import instant, microseconds
from chalicelib.storage.mapping.common import SEPARATOR, read_version, write_version


def write_choice(choice: Choice) -> str:
    """Return the kind, or what stands for a segment and its version."""
    return write_version(choice.segment) if choice.segment else choice.by.value


def read_choice(text: str) -> Choice:
    """Return the choice that was written."""
    if text in set(ChosenBy):
        return Choice(ChosenBy(text))
    return Choice(ChosenBy.SEGMENT, read_version(text))


def write_covered(covered: Covered) -> str:
    """Return days and moment as a line."""
    return f"{covered.offset_days}{SEPARATOR}{microseconds(covered.at)}"


def read_covered(line: str) -> Covered:
    """Return what was written."""
    days, at = line.split(SEPARATOR)
    return Covered(int(days), instant(int(at)))
