"""Adapters that are made at their first call, so that a function loads only what it uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

T = TypeVar("T")


def lazily(make: Callable[[], T]) -> T:
    """Return what behaves like the adapter that `make` returns, and makes it when it is used."""
    return cast(T, _Lazy(make))


class _Lazy:
    """Stands in for an adapter until something is asked of it."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = cache(make)

    def __getattr__(self, name: str) -> object:
        return getattr(self._make(), name)
