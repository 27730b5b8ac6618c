"""What events tell of a sequence that was given to a customer, or that a case went over to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.case import Case
from chalicelib.domain.choice import Choice
from chalicelib.domain.customer import Customer


def of_move(before: Case, after: Case) -> dict[str, Any]:
    """Return from which sequence a case went to which, and what decided so."""
    told: dict[str, Any] = {
        "from": before.sequence[0],
        "from_version": before.sequence[1],
        "sequence": after.sequence[0],
        "sequence_version": after.sequence[1],
    }
    return told | (_decided(after.choice) if after.choice else {})


def _decided(choice: Choice) -> dict[str, Any]:
    segment = choice.segment
    named = {"segment": segment[0], "segment_version": segment[1]} if segment else {}
    return {"decided_by": choice.by.value, **named}


def of_another_reason(
    before: Case, after: Case, data: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that something else decides now about the sequence that a case follows already."""
    if after.choice and before.choice != after.choice:
        yield "case.segment_changed", {**data, **_decided(after.choice)}


def of_customer(before: Customer, after: Customer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that a customer was given a sequence, or is under the segments again."""
    if after.override and after.override != before.override:
        yield "customer.sequence_set", {"sequence": after.override.sequence_id}
    elif before.override and not after.override:
        yield "customer.sequence_reset", {"from": before.override.sequence_id}
