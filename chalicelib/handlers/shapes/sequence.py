"""A sequence as the contract writes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.calendar import WEEK, SendWindow
from chalicelib.domain.sequence import Sequence, Step
from chalicelib.handlers.approval_fields import DeadlineDays, DeputyAfterDays, Role
from chalicelib.handlers.sequence_fields import (
    WINDOW,
    Bundle,
    CallRulesWord,
    CatchUpWord,
    DoWord,
    GivenParameters,
    GraceDays,
    Legal,
    MaxContacts,
    MinAmount,
    MinAmounts,
    MinGapDays,
    MinPercent,
    OffsetDays,
    PayWithinDays,
    QuietDays,
    SkipHolidays,
)

WindowShape = TypedDict(
    "WindowShape", {"days": list[str], "from": str, "to": str, "skip_holidays": SkipHolidays}
)
"""When messages may go out, in the customer's local time."""


class ApprovalShape(TypedDict):
    """Who must approve a step before it is done, until when, and who stands in."""

    role: Role
    deadline_days: DeadlineDays
    deputy: str | None
    deputy_after_days: DeputyAfterDays


class StepShape(TypedDict):
    """One step of a sequence."""

    key: str
    offset_days: OffsetDays
    do: DoWord
    template: str | None
    min_amount: MinAmount
    min_amounts: MinAmounts
    min_percent: MinPercent
    pay_within_days: PayWithinDays
    legal: Legal
    parameters: GivenParameters
    approval: ApprovalShape | None


class SequenceShape(TypedDict):
    """One version of a sequence."""

    id: str
    object: Literal["sequence"]
    name: str
    version: int
    scope: Literal["invoice", "account"]
    catch_up: CatchUpWord
    grace_days: GraceDays
    min_gap_days: MinGapDays
    send_window: Annotated[WindowShape | None, Field(description=WINDOW)]
    bundle: Bundle
    quiet_days: QuietDays
    max_contacts: MaxContacts
    call_rules: CallRulesWord | None
    steps: list[StepShape]
    metadata: dict[str, str]


def sequence_shape(sequence: Sequence) -> SequenceShape:
    """Write a sequence."""
    return SequenceShape(
        id=sequence.id,
        object="sequence",
        name=sequence.name,
        version=sequence.version,
        scope=sequence.scope.value,
        catch_up=sequence.catch_up.value,
        grace_days=sequence.grace_days,
        min_gap_days=sequence.min_gap_days,
        send_window=_window(sequence.window) if sequence.window else None,
        bundle=sequence.bundle,
        quiet_days=sequence.quiet_days,
        max_contacts=sequence.max_contacts,
        call_rules=sequence.call_rules.value if sequence.call_rules else None,
        steps=[_step(step) for step in sequence.steps],
        metadata=sequence.metadata,
    )


def _window(window: SendWindow) -> WindowShape:
    return {
        "days": [day.value for day in WEEK if day in window.days],
        "from": window.opens.strftime("%H:%M"),
        "to": window.closes.strftime("%H:%M"),
        "skip_holidays": window.skip_holidays,
    }


def _step(step: Step) -> StepShape:
    return StepShape(
        key=step.key,
        offset_days=step.offset_days,
        do=step.do.value,
        template=step.template,
        min_amount=step.min_amount,
        min_amounts=step.min_amounts,
        min_percent=step.min_percent,
        pay_within_days=step.pay_within_days,
        legal=step.is_legal,
        parameters=step.parameters or None,
        approval=_approval(step.approval) if step.approval else None,
    )


def _approval(rule: ApprovalRule) -> ApprovalShape:
    return ApprovalShape(
        role=rule.role,
        deadline_days=rule.deadline_days,
        deputy=rule.deputy,
        deputy_after_days=rule.deputy_after_days,
    )
