"""Why a channel doesn't reach a customer, in sentences for people who ask why."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain import kinds
from chalicelib.domain.consent import NEVER_ASKED
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.kinds import Channel
from chalicelib.domain.privacy import Consent, Covers

_SUPPRESSED = {
    Suppression.BOUNCED: "came back",
    Suppression.COMPLAINED: "were complained about",
    Suppression.OPTED_OUT: "were opted out of",
    Suppression.INVALID: "can't be delivered",
}


def out_of_reach(customer: Customer, words: Iterable[str], *, legal: bool = False) -> str:
    """Say of each kind of message that can't be sent now why that is so; empty where all can be.

    `legal` says that it is about a legal notice.
    """
    found = (_hindrance(word, customer, legal=legal) for word in sorted(words))
    return " ".join(each for each in found if each)


def _hindrance(word: str, customer: Customer, *, legal: bool) -> str | None:
    channel = kinds.named(word).channel
    if channel is None or channel.usable_for(customer, legal=legal):
        return None
    address = channel.address(customer)
    if address is None:
        return channel.missing
    suppressed = customer.suppressed.get(address.lower())
    if suppressed is None:
        return _refusal(customer.consents.get(word), channel)
    return f"{channel.returned} {_SUPPRESSED[suppressed]}."


def _refusal(said: Consent | None, channel: Channel) -> str:
    if said and said.source == NEVER_ASKED:
        return channel.not_agreed
    return channel.unwanted if said and said.covers is Covers.REMINDERS else channel.objected
