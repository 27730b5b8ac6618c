"""Why a channel doesn't reach a customer, in sentences for people who ask why."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.consent import NEVER_ASKED
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.privacy import Consent, Covers
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
_UNSUBSCRIBED = {
    Do.EMAIL: "The customer doesn't want reminders by e-mail.",
    Do.SMS: "The customer doesn't want reminders by text message.",
}
_NEVER_AGREED = {
    Do.EMAIL: "The customer hasn't agreed to e-mail, which has to come first.",
    Do.SMS: "The customer hasn't agreed to text messages, which has to come first.",
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


def out_of_reach(customer: Customer, channels: Iterable[Do] = SENDS, *, legal: bool = False) -> str:
    """Say of each channel that can't be used now why that is so; empty where all can be.

    `legal` says that it is about a legal notice.
    """
    found = (_hindrance(channel, customer, legal=legal) for channel in sorted(channels))
    return " ".join(each for each in found if each)


def _hindrance(channel: Do, customer: Customer, *, legal: bool) -> str | None:
    if address_on(channel, customer, legal=legal):
        return None
    address = customer.email if channel is Do.EMAIL else customer.phone
    if address is None:
        return _MISSING[channel]
    suppressed = customer.suppressed.get(address.lower())
    if suppressed is None:
        return _refusal(customer.consents[channel.value])[channel]
    return f"{_MESSAGES[channel]} {_SUPPRESSED[suppressed]}."


def _refusal(said: Consent) -> dict[Do, str]:
    if said.source == NEVER_ASKED:
        return _NEVER_AGREED
    return _UNSUBSCRIBED if said.covers is Covers.REMINDERS else _OBJECTED
