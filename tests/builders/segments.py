"""Segments, and worlds that have some."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.segment import Condition, OneOf, Segment, Trait
from chalicelib.services.save_segment import SegmentDraft

EVERYBODY: Condition = OneOf(Trait.CURRENCY, ("eur", "jpy", "usd", "kwd"))


def a_segment(name: str = "1", **facts: Any) -> Segment:
    """Return a segment that everybody fits; `name` makes the id."""
    own = f"seg_{name:0>16}"
    segment = Segment(own, f"Segment {name}", 1, 10, EVERYBODY, "seq_1")
    return replace(segment, **facts)


def a_draft(**facts: Any) -> SegmentDraft:
    """Return a segment to store, which everybody fits."""
    return replace(SegmentDraft("All", 10, EVERYBODY, "seq_default"), **facts)
