"""Bodies of what is done with tasks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.promise import MOST_DATES, MOST_GRACE_DAYS, USUAL_GRACE_DAYS, PromisedDate
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Instant, Label, Note
from chalicelib.handlers.bodies.promises import PromisedDateBody
from chalicelib.services.record_call import CallOutcome, CallResult

MOST_HOLD_DAYS = 30


class ClaimBody(Body):
    """Who does the task: a name or an address, as your own system has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignee": "krause@example.com"}]})

    assignee: Label


class TaskAssigneeBody(Body):
    """Who is to do the task; null gives it back to all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignee": "krause@example.com"}]})

    assignee: Label | None


class SnoozeBody(Body):
    """Until when the task is put off; null: it is to be done now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2036-04-02T08:00:00Z"}]})

    until: Instant | None


class CallBody(Body):
    """How a call went. `dates` (with `grace_days`) go with `promised` and are needed there,
    `again_at` with `no_answer` (left out: a day later), `hold_days` with `paid`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"result": "promised", "dates": [{"date": "2036-04-10", "amount": 60000}]},
                {"result": "no_answer", "again_at": "2036-04-02T08:00:00Z"},
            ]
        }
    )

    result: Literal["reached", "no_answer", "wrong_number", "promised", "paid"]
    note: Note | None = None
    again_at: Instant | None = None
    dates: Annotated[list[PromisedDateBody], Field(max_length=MOST_DATES)] = Field(
        default_factory=list, validate_default=True
    )
    grace_days: Annotated[int, Field(ge=0, le=MOST_GRACE_DAYS)] = USUAL_GRACE_DAYS
    hold_days: Annotated[int, Field(ge=1, le=MOST_HOLD_DAYS)] = 7

    @field_validator("again_at")
    @classmethod
    def _in_vain(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("result") != "no_answer":
            raise ValueError("goes with no_answer")
        return value

    @field_validator("dates")
    @classmethod
    def _promised(
        cls, value: list[PromisedDateBody], info: ValidationInfo
    ) -> list[PromisedDateBody]:
        if bool(value) != (info.data.get("result") == "promised"):
            raise ValueError("goes with promised, and is required there")
        return value

    def outcome(self) -> CallOutcome:
        """Return what the use case takes."""
        return CallOutcome(
            result=CallResult(self.result),
            note=self.note,
            again_at=self.again_at,
            dates=tuple(PromisedDate(each.date, each.amount) for each in self.dates),
            grace_days=self.grace_days,
            hold_days=self.hold_days,
        )
