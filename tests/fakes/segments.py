"""Segments in memory, with the events that tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.domain.event import Event
from chalicelib.domain.segment import Segment, ranked
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import WriteConflictError


class InMemorySegments:
    """Segments by tenant and id, and all their versions; `tell` records events."""

    def __init__(self, tell: Callable[[Iterable[Event]], None]) -> None:
        self._segments: dict[tuple[str, str], Segment] = {}
        self._versions: dict[tuple[str, str, int], Segment] = {}
        self._tell_of_segment = tell

    def segments(self, tenant: Tenant) -> tuple[Segment, ...]:
        return ranked(each for (key, _), each in self._segments.items() if key == tenant.key)

    def segment(
        self, tenant: Tenant, segment_id: str, version: int | None = None
    ) -> Segment | None:
        if version is None:
            return self._segments.get((tenant.key, segment_id))
        return self._versions.get((tenant.key, segment_id, version))

    def save_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        self._check_segment(tenant, segment, segment.version - 1)
        if (tenant.key, segment.id, segment.version) in self._versions:
            raise WriteConflictError(segment.id)
        self._segments[tenant.key, segment.id] = segment
        self._versions[tenant.key, segment.id, segment.version] = segment
        self._tell_of_segment([event])

    def drop_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        self._check_segment(tenant, segment, segment.version)
        del self._segments[tenant.key, segment.id]
        self._tell_of_segment([event])

    def _check_segment(self, tenant: Tenant, segment: Segment, version: int) -> None:
        stored = self._segments.get((tenant.key, segment.id))
        if (stored.version if stored else 0) != version:
            raise WriteConflictError(segment.id)
