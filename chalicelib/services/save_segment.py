"""Store a segment, change it, or let it apply no longer.

New invoices follow the segments as they stand from then on. Cases that are open stay where they are
until somebody assigns them anew (assign_segments.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.configuration_facts import event_of_segment
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import (
    FieldError,
    InvalidError,
    NotFoundError,
    TooManySegmentsError,
)
from chalicelib.domain.segment import (
    MOST_COMPARISONS,
    MOST_SEGMENTS,
    Condition,
    Segment,
    comparisons,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import new_part, retrying


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """A segment as posted, before it has an id and a version. `sequence` is an id."""

    name: str
    rank: int
    condition: Condition
    sequence: str

    def build(self, segment_id: str, version: int) -> Segment:
        """Return the segment."""
        return Segment(
            id=segment_id,
            name=self.name,
            version=version,
            rank=self.rank,
            condition=self.condition,
            sequence=self.sequence,
        )


def add_segment(ports: Ports, tenant: Tenant, change: Change, draft: SegmentDraft) -> Segment:
    """Store version 1 of a new segment. Raises InvalidError, TooManySegmentsError."""
    check_draft(ports, tenant, draft)
    if len(ports.configuration.segments(tenant)) >= MOST_SEGMENTS:
        raise TooManySegmentsError(f"There are {MOST_SEGMENTS} segments already.")
    now = ports.clock.now()
    segment = draft.build(f"seg_{new_part(ports, now)}", 1)
    event = event_of_segment(tenant, "created", segment, change, now)
    ports.configuration.save_segment(tenant, segment, event)
    return segment


def change_segment(
    ports: Ports, tenant: Tenant, change: Change, segment_id: str, draft: SegmentDraft
) -> Segment:
    """Store the next version; an unchanged segment keeps its version.

    Raises NotFoundError, InvalidError.
    """
    find_segment(ports, tenant, segment_id)
    check_draft(ports, tenant, draft)

    def attempt() -> Segment:
        before = find_segment(ports, tenant, segment_id)
        if draft.build(before.id, before.version) == before:
            return before
        after = draft.build(before.id, before.version + 1)
        event = event_of_segment(tenant, "changed", after, change, ports.clock.now())
        ports.configuration.save_segment(tenant, after, event)
        return after

    return retrying(attempt)


def remove_segment(ports: Ports, tenant: Tenant, change: Change, segment_id: str) -> Segment:
    """Let a segment apply no longer, and return its last version. Raises NotFoundError."""

    def attempt() -> Segment:
        before = find_segment(ports, tenant, segment_id)
        event = event_of_segment(tenant, "deleted", before, change, ports.clock.now())
        ports.configuration.drop_segment(tenant, before, event)
        return before

    return retrying(attempt)


def find_segment(
    ports: Ports, tenant: Tenant, segment_id: str, version: int | None = None
) -> Segment:
    """Return a segment that applies, or any version of one. Raises NotFoundError."""
    found = ports.configuration.segment(tenant, segment_id, version)
    if found is None:
        which = f"version {version} of segment" if version else "segment"
        raise NotFoundError(f"There is no {which} {segment_id}.")
    return found


def check_draft(ports: Ports, tenant: Tenant, draft: SegmentDraft, at: str = "") -> None:
    """Raise InvalidError for a sequence that there isn't, and for too many comparisons.

    `at` is where the draft stands in the request (a JSON pointer).
    """
    if ports.configuration.sequence(tenant, draft.sequence) is None:
        fault = FieldError(f"{at}/sequence", f"There is no sequence {draft.sequence}.")
        raise InvalidError("The segment's sequence is unknown.", fields=(fault,))
    if comparisons(draft.condition) > MOST_COMPARISONS:
        fault = FieldError(f"{at}/condition", f"must have at most {MOST_COMPARISONS} comparisons")
        raise InvalidError("The segment's condition is too large.", fields=(fault,))
