"""Bodies of what is done to cases, tasks and test clocks."""

from __future__ import annotations

from pydantic import ConfigDict, ValidationInfo, field_validator

from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Instant, Label, Note


class PauseBody(Body):
    """Why a case is held back, and until when (left out: until it is resumed). With `confirm` the
    customer gets a message that says until when; the reason isn't told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "Delivery is being checked", "until": "2036-04-01T00:00:00Z"}]
        }
    )

    reason: Label
    until: Instant | None = None
    confirm: bool = False

    @field_validator("confirm")
    @classmethod
    def _with_an_end(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a field's value
        if value and "until" in info.data and info.data["until"] is None:
            raise ValueError("needs until: what has no end isn't confirmed")
        return value


class TaskBody(Body):
    """How a task ended. `conversation`: in a call, somebody was reached and spoke about it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "reached", "note": "Pays on Friday."}]}
    )

    outcome: Label
    note: Note | None = None
    conversation: bool = False


class TestClockBody(Body):
    """A clock that stands at `frozen_time`."""

    __test__ = False  # the name is the API's; pytest shall not collect it
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"frozen_time": "2026-01-01T09:00:00Z", "name": "Sixty days"}]
        }
    )

    frozen_time: Instant
    name: Label | None = None


class AdvanceBody(Body):
    """To when the clock moves. Everything due until then happens, in order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"frozen_time": "2026-03-02T09:00:00Z"}]}
    )

    frozen_time: Instant
