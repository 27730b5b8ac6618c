"""Segments, what an assignment would move, and who decided about a sequence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain.assignment import Move
from chalicelib.domain.choice import Choice, ChosenBy, Override
from chalicelib.domain.segment import AllOf, AnyOf, Between, Condition, Not, OneOf, Segment
from chalicelib.handlers.shapes.common import Timestamp, timestamp
from chalicelib.services.preview_segments import PreviewedMoves

DecidedByText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [each.value for each in ChosenBy]})
]
"""What decided about a sequence."""


class SegmentShape(TypedDict):
    """One version of a segment. `condition` is as it was posted."""

    id: str
    object: Literal["segment"]
    name: str
    version: int
    rank: int
    condition: dict[str, Any]
    sequence: str


class AssignmentShape(TypedDict):
    """That all open cases are being brought to where the segments say, in the background. When it
    is done, a preview of the segments as stored has nothing that moves."""

    object: Literal["segment_assignment"]
    requested_at: Timestamp


class MovedFrom(TypedDict):
    sequence: str
    version: int


"""The sequence that a case follows now."""


class MovedTo(TypedDict):
    """The sequence that it would follow (the newest version), and what decides so. `segment_name`
    is the name of the segment, stored or drafted, if it is one."""

    sequence: str
    decided_by: DecidedByText
    segment_name: str | None


MoveShape = TypedDict(
    "MoveShape",
    {
        "case": str,
        "invoice": str,
        "customer": str,
        "number": str,
        "currency": str,
        "amount_remaining": int,
        "from": MovedFrom,
        "to": MovedTo,
    },
)
"""A case that would follow another sequence."""


class SegmentPreviewShape(TypedDict):
    """A page of who would move where. `looked_at` is how many open cases it looked at; `next` is
    what the next page goes on with (`starting_after`); null: this was the last."""

    object: Literal["segment_preview"]
    data: list[MoveShape]
    looked_at: int
    has_more: bool
    next: str | None


class OverrideShape(TypedDict):
    """A sequence that is followed whatever the segments say: who decided so, why and when."""

    sequence: str
    by: str
    reason: str
    at: Timestamp


def segment_shape(segment: Segment) -> SegmentShape:
    """Write a segment."""
    return SegmentShape(
        id=segment.id,
        object="segment",
        name=segment.name,
        version=segment.version,
        rank=segment.rank,
        condition=condition_document(segment.condition),
        sequence=segment.sequence,
    )


def condition_document(condition: Condition) -> dict[str, Any]:
    """Write a condition in the language in which it was posted."""
    match condition:
        case AllOf(every=parts):
            return {"all": [condition_document(each) for each in parts]}
        case AnyOf(some=parts):
            return {"any": [condition_document(each) for each in parts]}
        case Not(denied=part):
            return {"not": condition_document(part)}
        case OneOf(trait=trait, words=words):
            return {"fact": trait.value, "in": list(words)}
        case Between(measure=measure, currency=currency):
            bounds = {name: getattr(condition, name) for name in ("gte", "gt", "lte", "lt")}
            given = {name: bound for name, bound in bounds.items() if bound is not None}
            of = {"currency": currency} if currency else {}
            return {"fact": measure.value, **of, **given}


def preview_shape(found: PreviewedMoves) -> SegmentPreviewShape:
    """Write a page of a preview."""
    return SegmentPreviewShape(
        object="segment_preview",
        data=[_move(move, found) for move in found.moves],
        looked_at=found.looked_at,
        has_more=found.next is not None,
        next=found.next,
    )


def override_shape(override: Override | None) -> OverrideShape | None:
    """Write an override, or null."""
    if override is None:
        return None
    return OverrideShape(
        sequence=override.sequence_id,
        by=override.by,
        reason=override.why,
        at=timestamp(override.at),
    )


def _move(move: Move, found: PreviewedMoves) -> MoveShape:
    case = move.case
    return {
        "case": case.id,
        "invoice": case.invoice_id,
        "customer": case.customer_id,
        "number": case.number,
        "currency": case.currency.code,
        "amount_remaining": case.remaining,
        "from": MovedFrom(sequence=case.sequence[0], version=case.sequence[1]),
        "to": MovedTo(
            sequence=move.sequence,
            decided_by=move.choice.by.value,
            segment_name=_name(move.choice, found),
        ),
    }


def _name(choice: Choice, found: PreviewedMoves) -> str | None:
    return found.names[choice.segment[0]] if choice.segment else None
