"""Segments of creditors, as they apply now and as they were."""

from __future__ import annotations

from typing import Protocol

from chalicelib.domain.event import Event
from chalicelib.domain.segment import Segment
from chalicelib.domain.tenant import Tenant


class Segments(Protocol):
    """Which segments apply. Everything is strongly consistent."""

    def segments(self, tenant: Tenant) -> tuple[Segment, ...]:
        """Return all that apply, in the order in which they are asked."""

    def segment(
        self, tenant: Tenant, segment_id: str, version: int | None = None
    ) -> Segment | None:
        """Return one that applies, or any version of one, deleted or not."""

    def save_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        """Let a version apply, and keep it, with the event that tells of it, all or nothing.

        Raises WriteConflictError unless the version before it (for 1: none) is what applies.
        """

    def drop_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        """Let a segment apply no longer, with the event that tells of it; its versions stay.

        Raises WriteConflictError unless that version is what applies.
        """
