"""The rules of size and capacity, against figures reckoned by hand."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.storage.units import (
    Index,
    index_units,
    item_size,
    read_units,
    value_size,
    write_units,
)

DUE = Index("due", ("due_pk", "due_at"), frozenset({"pk", "sk", "due_pk", "due_at", "channel"}))


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é🦭"}, 6),
        ({"N": "0"}, 2),
        ({"N": "7"}, 2),
        ({"N": "12"}, 2),
        ({"N": "123"}, 3),
        ({"N": "1200"}, 2),
        ({"N": "-123"}, 4),
        ({"N": "0.0012"}, 2),
        ({"N": "1795299720123456"}, 9),
        ({"B": b"1234"}, 4),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + (1 + 2) + (1 + 2)),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "value"}}}, 3 + (1 + 3 + 5)),
        ({"M": {"a": {"L": [{"S": "b"}]}}}, 3 + (1 + 1 + (3 + 1 + 1))),
    ],
)
def test_the_size_of_a_value(value: dict[str, Any], size: int):
    assert value_size(value) == size


def test_the_size_of_an_item_counts_names_and_values():
    assert item_size({"pk": {"S": "abc"}, "größe": {"N": "42"}}) == (2 + 3) + (7 + 2)
    assert item_size(None) == 0


def text(size: int) -> dict[str, Any]:
    """Return an item of exactly that size."""
    return {"k": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, text(1), 1),
        (None, text(1024), 1),
        (None, text(1025), 2),
        (text(3000), text(10), 3),
        (text(10), text(3000), 3),
        (text(1500), None, 2),
        (None, None, 1),
    ],
)
def test_a_write_costs_by_the_larger_of_before_and_after(before: Any, after: Any, units: int):
    assert write_units(before, after) == units


@pytest.mark.parametrize(("size", "strong"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (40_000, 10)])
def test_a_read_costs_by_started_four_kilobytes(size: int, strong: int):
    assert read_units(size, consistent=True) == strong
    assert read_units(size, consistent=False) == strong / 2


def case(**attributes: str) -> dict[str, Any]:
    """Return an item with text attributes."""
    values = {"pk": "a", "sk": "b", **attributes}
    return {name: {"S": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, case(), 0),
        (None, case(due_pk="w"), 0),
        (None, case(due_pk="w", due_at="1"), 1),
        (case(due_pk="w", due_at="1"), None, 1),
        (case(due_pk="w", due_at="1"), case(), 1),
        (case(due_pk="w", due_at="1"), case(due_pk="w", due_at="1", claim="x"), 0),
        (case(due_pk="w", due_at="1"), case(due_pk="w", due_at="1", channel="sms"), 1),
        (case(due_pk="w", due_at="1"), case(due_pk="w", due_at="2"), 2),
        (case(due_pk="w", due_at="1"), case(due_pk="v", due_at="1"), 2),
        (case(due_pk="w", due_at="1", channel="x" * 1100), None, 2),
    ],
)
def test_an_index_costs_by_what_changes_in_it(before: Any, after: Any, units: int):
    assert index_units(DUE, before, after) == units


def test_an_index_of_everything_costs_by_every_change():
    everything = Index("all", ("due_pk",), None)
    before = case(due_pk="w", note="x" * 2000)
    assert index_units(everything, before, {**before, "claim": {"S": "y"}}) == 2
    assert index_units(everything, before, before) == 0
