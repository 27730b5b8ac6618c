"""A text message that Dunlin sends."""

from __future__ import annotations

from functools import partial
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
        usable_legally=partial(Customer.usable_phone, legal=True),
        unwanted="The customer doesn't want reminders by text message.",
        not_agreed="The customer hasn't agreed to text messages, which has to come first.",
    ),
)
