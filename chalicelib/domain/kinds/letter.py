"""A letter that Dunlin sets and a print service posts.

Sequences of before that was so have letters without a message of ours: a person writes those still.
"""

from __future__ import annotations

from functools import partial

from chalicelib.domain.customer import Customer
from chalicelib.domain.kinds.kind import Channel, Kind

MESSAGES = frozenset(
    {
        "notice_upcoming",
        "notice_due",
        "reminder_first",
        "reminder_second",
        "reminder_third",
        "notice_final",
    }
)
"""What can be printed: templates/letter has a folder for each."""

LETTER = Kind(
    "letter",
    queue="letter",
    channel=Channel(
        address=Customer.postal_line,
        usable=Customer.usable_letter,
        instead=(),
        missing="There is no postal address.",
        objected="The customer objected to letters.",
        returned="Letters to the address",
        usable_legally=partial(Customer.usable_letter, legal=True),
        unwanted="The customer doesn't want reminders by letter.",
        not_agreed="The customer hasn't agreed to letters, which has to come first.",
        takes=lambda step: step.template in MESSAGES,
    ),
)
