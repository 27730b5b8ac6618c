"""Contacts with a customer, and when there may be any."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.calendar import WEEK, SendWindow
from chalicelib.domain.contacts import Contact
from chalicelib.handlers.shapes.common import Timestamp, timestamp

HoursShape = TypedDict("HoursShape", {"days": list[str], "from": str, "to": str})
"""When the customer may be contacted, in their local time; narrows the sequences' windows."""


class ContactShape(TypedDict):
    """A contact of the last days. `conversation`: the two spoke with each other."""

    channel: str
    direction: Literal["in", "out"]
    at: Timestamp
    conversation: bool


def hours_shape(hours: SendWindow) -> HoursShape:
    """Write a customer's own hours."""
    return {
        "days": [day.value for day in WEEK if day in hours.days],
        "from": hours.opens.strftime("%H:%M"),
        "to": hours.closes.strftime("%H:%M"),
    }


def contact_shape(contact: Contact) -> ContactShape:
    """Write a contact."""
    return ContactShape(
        channel=contact.channel,
        direction="in" if contact.inbound else "out",
        at=timestamp(contact.at),
        conversation=contact.conversation,
    )
