"""A text message that Dunlin sends."""

from __future__ import annotations

from operator import attrgetter

from chalicelib.domain.customer import Customer
from chalicelib.domain.kinds.kind import Channel, Kind

SMS = Kind(
    "sms",
    queue="sms",
    channel=Channel(
        address=attrgetter("phone"),
        usable=Customer.usable_phone,
        instead=("email",),
        missing="There is no phone number.",
        objected="The customer objected to text messages.",
        returned="Text messages to the number",
    ),
)
