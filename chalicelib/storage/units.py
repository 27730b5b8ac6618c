"""DynamoDB's published rules of size and capacity, as pure functions of items in its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Raw = Mapping[str, Any]
KILOBYTE = 1024
READ_SIZE = 4 * KILOBYTE


def item_size(item: Raw | None) -> int:
    """Return the bytes of an item: those of its attribute names and of its values.

    "DynamoDB item sizes and formats": text is its UTF-8 bytes; a number one byte per two
    significant digits and one more (and one for a minus sign); a boolean or null one byte; a
    list or map three bytes, one per element, and its content; binary its bytes.
    """
    if item is None:
        return 0
    return sum(_bytes(name) + value_size(value) for name, value in item.items())


def value_size(value: Raw) -> int:
    """Return the bytes of one typed value."""
    [(kind, content)] = value.items()
    return _SIZES[kind](content)


def write_units(before: Raw | None, after: Raw | None) -> int:
    """Return what a write costs: per started kilobyte of the larger of the two, at least one."""
    return _started(max(item_size(before), item_size(after)), KILOBYTE)


def read_units(size: int, *, consistent: bool) -> float:
    """Return what reading so many bytes costs: per started 4 KB, at least one; eventual half."""
    return _started(size, READ_SIZE) * (1.0 if consistent else 0.5)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `attributes` are those it projects, None for all."""

    name: str
    keys: tuple[str, ...]
    attributes: frozenset[str] | None

    def entry(self, item: Raw | None) -> Raw | None:
        """Return the entry of an item; an item without the index's keys has none."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.attributes is None:
            return item
        return {name: value for name, value in item.items() if name in self.attributes}


def index_units(index: Index, before: Raw | None, after: Raw | None) -> int:
    """Return what a change of an item costs in an index."""
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return 0
    if old is None or new is None:
        return write_units(old, new)
    if all(old[key] == new[key] for key in index.keys):
        return write_units(old, new)
    return write_units(old, None) + write_units(None, new)


def _started(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def _bytes(text: str) -> int:
    return len(text.encode())


def _number(text: str) -> int:
    digits = text.lower().partition("e")[0].lstrip("-").replace(".", "").strip("0")
    return (max(1, len(digits)) + 1) // 2 + 1 + text.startswith("-")


def _list(values: list[Raw]) -> int:
    return 3 + sum(1 + value_size(value) for value in values)


def _map(values: Raw) -> int:
    return 3 + sum(1 + _bytes(name) + value_size(value) for name, value in values.items())


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _bytes,
    "N": _number,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list,
    "M": _map,
    "SS": lambda texts: sum(map(_bytes, texts)),
    "NS": lambda numbers: sum(map(_number, numbers)),
    "BS": lambda values: sum(map(len, values)),
}
