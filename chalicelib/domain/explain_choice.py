"""Why a case follows the sequence that it follows, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.case import Case
from chalicelib.domain.choice import ChosenBy, Override
from chalicelib.domain.segment import Segment
from chalicelib.domain.sequence import Sequence


@dataclass(frozen=True, slots=True)
class ExplainedChoice:
    """What decided about a case's sequence. `segment` is the version that did, `override` the
    decision of a person or system."""

    sequence: Sequence
    by: ChosenBy | None
    segment: Segment | None
    override: Override | None
    why: str


def explain_choice(
    case: Case, sequence: Sequence, *, segment: Segment | None, override: Override | None
) -> ExplainedChoice:
    """Explain it, given the version of the segment, or the override, that the case names."""
    by = case.choice.by if case.choice else None
    why = f"Follows “{sequence.name}” (version {sequence.version}): {_because(by, segment)}"
    if override:
        why = f"{why} {override.by} decided so. The reason given: {override.why.rstrip('.')}."
    return ExplainedChoice(sequence, by, segment, override, why)


def _because(by: ChosenBy | None, segment: Segment | None) -> str:
    match by:
        case ChosenBy.SEGMENT if segment:
            return f"segment “{segment.name}” (version {segment.version}) was the first to fit."
        case ChosenBy.SEGMENT:
            return "a segment fitted."
        case ChosenBy.CUSTOMER:
            return "all invoices of the customer do."
        case ChosenBy.INVOICE:
            return "it was chosen for this invoice."
        case ChosenBy.DEFAULT:
            return "no segment fitted, so it is the creditor's default."
        case None:
            return "that was decided before there were segments."
