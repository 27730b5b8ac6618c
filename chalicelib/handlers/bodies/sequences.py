"""A sequence in the contract's form, as posted."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from chalicelib.domain import kinds
from chalicelib.domain.calendar import SendWindow, Weekday
from chalicelib.domain.sequence import (
    FINAL_NOTICE,
    MAX_OFFSET_DAYS,
    MAX_STEPS,
    CallRules,
    CatchUp,
    Do,
    Scope,
    Step,
)
from chalicelib.handlers.bodies.approvals import ApprovalBody
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Key, Metadata, Name, TimeOfDay
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
    ScopeWord,
    SkipHolidays,
)
from chalicelib.services.save_sequence import SequenceDraft

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
USUAL = (
    (20, "reminder_third"),
    (10, "reminder_second"),
    (1, "reminder_first"),
    (0, "notice_due"),
    (-MAX_OFFSET_DAYS, "notice_upcoming"),
)
"""From which day on a step that names no message sends which. The final notice is never usual."""


@cache
def _messages() -> frozenset[str]:
    """Return the messages that every channel has, since a step can change to the other one."""
    from chalicelib.rendering.renderer import Renderer

    renderer = Renderer()
    return renderer.messages("email") & renderer.messages("sms")


def _usual_message(key: str, offset_days: int) -> str:
    """Return the message of a step that names none: the one called like it, or by its day."""
    if key in _messages():
        return key
    return next(message for day, message in USUAL if offset_days >= day)


class WindowBody(Body):
    """When messages may go out: local days and hours, up to but not at `to`."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    opens: TimeOfDay = Field(alias="from")
    closes: TimeOfDay = Field(alias="to")
    skip_holidays: SkipHolidays = True

    def window(self) -> SendWindow:
        """Return the window."""
        return SendWindow(
            days=frozenset(Weekday(day) for day in self.days),
            opens=self.opens,
            closes=self.closes,
            skip_holidays=self.skip_holidays,
        )


class StepBody(Body):
    """A step. `do` says how it is done.

    `template` names the message. Without it, it is the one called like the step's `key`, or else
    the usual one of the day.
    """

    key: Key
    offset_days: OffsetDays
    do: DoWord
    template: Key | None = Field(default=None, validate_default=True)
    min_amount: MinAmount = 0
    min_amounts: MinAmounts = Field(default_factory=dict)
    min_percent: MinPercent = 0
    pay_within_days: PayWithinDays = 0
    legal: Legal | None = None
    parameters: GivenParameters = Field(default=None, validate_default=True)
    approval: ApprovalBody | None = None

    @field_validator("template")
    @classmethod
    def _known(cls, value: str | None, info: ValidationInfo) -> str | None:
        is_message = kinds.is_message(info.data.get("do", ""))
        if not is_message or not {"key", "offset_days"} <= info.data.keys():
            return value
        if value is None:
            return _usual_message(info.data["key"], info.data["offset_days"])
        if value not in _messages():
            raise ValueError(f"is no message; there are {', '.join(sorted(_messages()))}")
        return value

    @field_validator("parameters")
    @classmethod
    def _of_its_kind(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - any JSON value
        kind = kinds.named(info.data["do"]) if "do" in info.data else None
        if kind and kind.parameters is None and value is not None:
            raise ValueError(f"must be null, since {kind.word} takes none")
        if kind:
            kind.read(value or {})
        return value

    def step(self) -> Step:
        """Return the step."""
        return Step(
            key=self.key,
            offset_days=self.offset_days,
            do=Do(self.do),
            template=self.template,
            min_amount=self.min_amount,
            min_percent=self.min_percent,
            min_amounts=self.min_amounts,
            pay_within_days=self.pay_within_days,
            legal=None if self.legal is (self.template == FINAL_NOTICE) else self.legal,
            parameters=self.parameters or {},
            approval=self.approval.rule() if self.approval else None,
        )


class SequenceBody(Body):
    """A sequence: the rules and the ordered steps. Without `send_window`: at once, any hour."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Friendly to firm",
                    "catch_up": "latest",
                    "grace_days": 0,
                    "min_gap_days": 3,
                    "send_window": {
                        "days": ["mon", "tue", "wed", "thu", "fri"],
                        "from": "09:00",
                        "to": "17:00",
                        "skip_holidays": True,
                    },
                    "bundle": True,
                    "steps": [
                        {"key": "notice_due", "offset_days": 0, "do": "email"},
                        {"key": "reminder_first", "offset_days": 5, "do": "email"},
                        {"key": "call", "offset_days": 20, "do": "call", "min_amount": 50000},
                    ],
                }
            ]
        }
    )

    name: Name
    steps: Annotated[list[StepBody], Field(min_length=1, max_length=MAX_STEPS)]
    scope: ScopeWord = "invoice"
    catch_up: CatchUpWord = "latest"
    grace_days: GraceDays = 0
    min_gap_days: MinGapDays = 0
    send_window: Annotated[WindowBody | None, Field(description=WINDOW)] = None
    bundle: Bundle = True
    quiet_days: QuietDays = 0
    max_contacts: MaxContacts = Field(default_factory=dict)
    call_rules: CallRulesWord | None = None
    metadata: Metadata = Field(default_factory=dict)

    def draft(self) -> SequenceDraft:
        """Return what the use case takes."""
        return SequenceDraft(
            name=self.name,
            steps=tuple(step.step() for step in self.steps),
            scope=Scope(self.scope),
            catch_up=CatchUp(self.catch_up),
            grace_days=self.grace_days,
            min_gap_days=self.min_gap_days,
            window=self.send_window.window() if self.send_window else None,
            bundle=self.bundle,
            quiet_days=self.quiet_days,
            max_contacts=self.max_contacts,
            call_rules=CallRules(self.call_rules) if self.call_rules else None,
            metadata=self.metadata,
        )
