"""Documents that were damaged in one place."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def mangle(document: Any, path: list[int], replacement: Any) -> None:
    """Replace what the path leads to (each number chooses a member, as far as there are some)."""
    place, chosen = document, _member(document, path[0])
    for number in path[1:]:
        inner = place[chosen]
        if not isinstance(inner, dict | list) or not inner:
            break
        place, chosen = inner, _member(inner, number)
    place[chosen] = replacement


def _member(of: Any, number: int) -> Any:
    members = list(of) if isinstance(of, dict) else range(len(of))
    return members[number % len(members)]
