"""Why a channel doesn't reach a customer, in sentences for people who ask why."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.route import address_on
from chalicelib.domain.sequence import SENDS, Do

_MISSING = {
    Do.EMAIL: "There is no e-mail address.",
    Do.SMS: "There is no phone number.",
}
_OBJECTED = {
    Do.EMAIL: "The customer objected to e-mail.",
    Do.SMS: "The customer objected to text messages.",
}
_SUPPRESSED = {
    Suppression.BOUNCED: "came back",
    Suppression.COMPLAINED: "were complained about",
    Suppression.OPTED_OUT: "were opted out of",
    Suppression.INVALID: "can't be delivered",
}
_MESSAGES = {
    Do.EMAIL: "E-mails to the address",
    Do.SMS: "Text messages to the number",
}


def out_of_reach(customer: Customer, channels: Iterable[Do] = SENDS) -> str:
    """Say of each channel that can't be used now why that is so; empty where all can be."""
    found = (_hindrance(channel, customer) for channel in sorted(channels))
    return " ".join(each for each in found if each)


def _hindrance(channel: Do, customer: Customer) -> str | None:
    if address_on(channel, customer):
        return None
    address = customer.email if channel is Do.EMAIL else customer.phone
    if address is None:
        return _MISSING[channel]
    suppressed = customer.suppressed.get(address.lower())
    if suppressed is None:
        return _OBJECTED[channel]
    return f"{_MESSAGES[channel]} {_SUPPRESSED[suppressed]}."
