"""A segment as posted, drafts to try out, and an override."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from chalicelib.domain.segment import HIGHEST_RANK, LOWEST_RANK, MOST_SEGMENTS
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.conditions import ConditionBody
from chalicelib.handlers.bodies.fields import CaseId, Label, Name, SequenceId
from chalicelib.handlers.bodies.queries import DEFAULT_LIMIT, MOST
from chalicelib.ports.storage import Cursor
from chalicelib.services.save_segment import SegmentDraft

EXAMPLE: dict[str, Any] = {
    "name": "Large and late",
    "rank": 10,
    "condition": {
        "all": [
            {"fact": "balance", "currency": "eur", "gte": 500000},
            {
                "any": [
                    {"fact": "risk_grade", "in": ["D", "E"]},
                    {"fact": "share_paid_late", "gt": 50},
                ]
            },
        ]
    },
    "sequence": "seq_default",
}


class SegmentBody(Body):
    """A segment. Segments are asked by their `rank`, the lowest first, and the first whose
    `condition` holds decides; of two with the same rank the older one is asked first."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    rank: Annotated[int, Field(ge=LOWEST_RANK, le=HIGHEST_RANK)]
    condition: ConditionBody
    sequence: SequenceId

    def draft(self) -> SegmentDraft:
        """Return what the use case takes."""
        return SegmentDraft(
            name=self.name,
            rank=self.rank,
            condition=self.condition.condition(),
            sequence=self.sequence,
        )


class SegmentPreviewBody(Body):
    """Who would move where: under `segments` in place of all that are stored, or without them
    under those that are. A page looks at `limit` open cases after the case `starting_after`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"segments": [EXAMPLE]}]})

    segments: Annotated[list[SegmentBody], Field(max_length=MOST_SEGMENTS)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = DEFAULT_LIMIT
    starting_after: CaseId | None = None

    def drafts(self) -> list[SegmentDraft] | None:
        """Return the drafts, None for the segments as stored."""
        return None if self.segments is None else [each.draft() for each in self.segments]

    def cursor(self) -> Cursor:
        """Return where the page begins."""
        return Cursor(limit=self.limit, after=self.starting_after)


class OverrideBody(Body):
    """The sequence that is to be followed whatever the segments say, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"sequence": "seq_default", "reason": "Key account"}]}
    )

    sequence: SequenceId
    reason: Label
