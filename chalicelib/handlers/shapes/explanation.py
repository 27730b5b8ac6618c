"""Why a customer was, or wasn't, reminded, and what comes next."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain.case import Outcome
from chalicelib.domain.explain_choice import ExplainedChoice
from chalicelib.domain.explanation import ExplainedStep, Explanation
from chalicelib.handlers.sequence_fields import DoWord
from chalicelib.handlers.shapes.common import (
    DateText,
    ReasonText,
    Timestamp,
    timestamp_or_none,
)
from chalicelib.handlers.shapes.segment import DecidedByText, OverrideShape, override_shape

STATES = (*(each.value for each in Outcome), "ready", "planned", "held", "dropped")
StateText = Annotated[str, WithJsonSchema({"type": "string", "enum": list(STATES)})]


class ExplainedStepShape(TypedDict):
    """One step: how it ended or what is to become of it, and why, in a sentence.

    `state` is how it ended, or `ready` (goes out now), `planned`, `held` (by a pause, or
    until it is approved) or `dropped`
    (won't be done). `at` is when it ended, or will take place if nobody pays, pauses or changes
    anything. `reason` is one of Dunlin's, or what a provider said of a message that failed.
    `charge` names what a fee or interest charged, `amount_charged` in minor units.
    """

    step: str
    do: DoWord
    planned: DateText
    state: StateText
    at: Timestamp | None
    reason: str
    why: str
    charge: str | None
    amount_charged: int | None


class NextShape(TypedDict):
    """What comes next, when (null: only after something changes), and why.

    While a pause holds, `at` is its end and `step` what comes then.
    """

    at: Timestamp | None
    step: str | None
    reason: ReasonText
    why: str


class ChoiceShape(TypedDict):
    """What decided about the sequence (null: before there were segments), and why, in a sentence.
    `override` says who decided where a person or system did."""

    sequence: str
    sequence_version: int
    decided_by: DecidedByText | None
    segment: str | None
    segment_version: int | None
    override: OverrideShape | None
    why: str


class ExplanationShape(TypedDict):
    """The story of a case, step by step.

    `leading_case` is the case whose clock counts for the steps from the due date on, where the
    `scope` is the account: maybe this one itself; null: none is due yet, or none has steps left.
    """

    object: Literal["explanation"]
    case: str
    scope: Literal["invoice", "account"]
    leading_case: str | None
    choice: ChoiceShape | None
    steps: list[ExplainedStepShape]
    next: NextShape


def explanation_shape(explanation: Explanation) -> ExplanationShape:
    """Write an explanation."""
    following = explanation.next
    return ExplanationShape(
        object="explanation",
        case=explanation.case_id,
        scope=explanation.scope.value,
        leading_case=explanation.leading.id if explanation.leading else None,
        choice=_choice(explanation.choice) if explanation.choice else None,
        steps=[_step(step) for step in explanation.steps],
        next=NextShape(
            at=timestamp_or_none(following.at),
            step=following.step,
            reason=following.reason.value,
            why=following.why,
        ),
    )


def _choice(choice: ExplainedChoice) -> ChoiceShape:
    return ChoiceShape(
        sequence=choice.sequence.id,
        sequence_version=choice.sequence.version,
        decided_by=choice.by.value if choice.by else None,
        segment=choice.segment.id if choice.segment else None,
        segment_version=choice.segment.version if choice.segment else None,
        override=override_shape(choice.override),
        why=choice.why,
    )


def _step(step: ExplainedStep) -> ExplainedStepShape:
    return ExplainedStepShape(
        step=step.key,
        do=step.do.value,
        planned=step.planned.isoformat(),
        state=step.state,
        at=timestamp_or_none(step.at),
        reason=step.reason,
        why=step.why,
        charge=step.charge,
        amount_charged=step.charged,
    )
