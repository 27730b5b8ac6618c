"""A contact that Dunlin didn't make, and a customer's own hours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.calendar import SendWindow, Weekday
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Instant, InvoiceId, TimeOfDay
from chalicelib.services.record_contact import ToldContact

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ContactBody(Body):
    """A call, letter or message that somebody made, or the customer.

    `at` is when (left out: now), at most nine days ago. `invoice` is what it was about; left out,
    it may have been about any. `conversation`: the two spoke with each other.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"channel": "call", "direction": "in", "conversation": True}]
        }
    )

    channel: Literal["email", "sms", "letter", "call"]
    direction: Literal["in", "out"]
    at: Instant | None = None
    invoice: InvoiceId | None = None
    conversation: bool = False

    def told(self) -> ToldContact:
        """Return what the use case takes."""
        inbound = self.direction == "in"
        return ToldContact(self.channel, inbound, self.at, self.invoice, self.conversation)


class HoursBody(Body):
    """When the customer may be contacted: local days and hours, up to but not at `to`."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    opens: TimeOfDay = Field(alias="from")
    closes: TimeOfDay = Field(alias="to")

    @field_validator("closes")
    @classmethod
    def _after_opening(cls, value: object, info: ValidationInfo) -> object:
        if "opens" in info.data and not info.data["opens"] < value:
            raise ValueError("must be later than `from`")
        return value

    def window(self) -> SendWindow:
        """Return the hours; holidays are the sequences' business."""
        days = frozenset(Weekday(day) for day in self.days)
        return SendWindow(days, self.opens, self.closes, skip_holidays=False)
