"""An e-mail that Dunlin sends."""

from __future__ import annotations

from functools import partial
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
        usable_legally=partial(Customer.usable_email, legal=True),
        unwanted="The customer doesn't want reminders by e-mail.",
        not_agreed="The customer hasn't agreed to e-mail, which has to come first.",
    ),
)
