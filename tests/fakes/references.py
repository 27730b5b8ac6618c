"""Unique values in memory: taken, and free again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Reference, ReferenceTakenError, WriteConflictError


class InMemoryReferences:
    """The part of the ledger that knows which unique value belongs to what."""

    def __init__(self) -> None:
        self._references: dict[tuple[str, str, str], str] = {}

    def reference(self, tenant: Tenant, kind: str, value: str) -> str | None:
        return self._references.get((tenant.key, kind, value))

    def _check_free(self, references: Iterable[Reference]) -> None:
        for each in references:
            target = self.reference(each.tenant, each.kind, each.value)
            if target not in {None, each.target}:
                raise ReferenceTakenError(replace(each, target=target))

    def _check_ours(self, released: Iterable[Reference]) -> None:
        for each in released:
            if self.reference(each.tenant, each.kind, each.value) not in {None, each.target}:
                raise WriteConflictError(each.target)

    def _exchange(self, taken: Iterable[Reference], released: Iterable[Reference]) -> None:
        for each in taken:
            self._references[each.tenant.key, each.kind, each.value] = each.target
        for each in released:
            self._references.pop((each.tenant.key, each.kind, each.value), None)
