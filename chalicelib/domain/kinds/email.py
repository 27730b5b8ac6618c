"""An e-mail that Dunlin sends."""

from __future__ import annotations

from operator import attrgetter

from chalicelib.domain.customer import Customer
from chalicelib.domain.kinds.kind import Channel, Kind

EMAIL = Kind(
    "email",
    queue="email",
    channel=Channel(
        address=attrgetter("email"),
        usable=Customer.usable_email,
        instead=("sms",),
        missing="There is no e-mail address.",
        objected="The customer objected to e-mail.",
        returned="E-mails to the address",
    ),
)
