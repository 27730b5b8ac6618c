"""Unique values in memory: taken, and free again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Reference, ReferenceTakenError, WriteConflictError


class InMemoryReferences:
    """The part of the ledger that knows which unique value belongs to what."""

    def __init__(self) -> None:
        self._references: dict[tuple[str, str, str], str] = {}
        self._shared: dict[tuple[str, str, str], set[str]] = defaultdict(set)

    def reference(self, tenant: Tenant, kind: str, value: str) -> str | None:
        return self._references.get((tenant.key, kind, value))

    def sharing(self, tenant: Tenant, kind: str, value: str) -> tuple[str, ...]:
        return tuple(sorted(self._shared.get((tenant.key, kind, value), ())))

    def _check_free(self, references: Iterable[Reference]) -> None:
        for each in _unique(references):
            target = self.reference(each.tenant, each.kind, each.value)
            if target not in {None, each.target}:
                raise ReferenceTakenError(replace(each, target=target))

    def _check_ours(self, released: Iterable[Reference]) -> None:
        for each in _unique(released):
            if self.reference(each.tenant, each.kind, each.value) not in {None, each.target}:
                raise WriteConflictError(each.target)

    def _exchange(self, taken: Iterable[Reference], released: Iterable[Reference]) -> None:
        for each in taken:
            key = (each.tenant.key, each.kind, each.value)
            if each.shared:
                self._shared[key].add(each.target)
            else:
                self._references[key] = each.target
        for each in released:
            key = (each.tenant.key, each.kind, each.value)
            if each.shared:
                self._shared[key].discard(each.target)
            else:
                self._references.pop(key, None)


def _unique(references: Iterable[Reference]) -> Iterator[Reference]:
    return (each for each in references if not each.shared)
