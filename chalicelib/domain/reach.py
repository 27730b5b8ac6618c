"""Why a channel doesn't reach a customer, in sentences for people who ask why."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain import kinds
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.kinds import Channel

_SUPPRESSED = {
    Suppression.BOUNCED: "came back",
    Suppression.COMPLAINED: "were complained about",
    Suppression.OPTED_OUT: "were opted out of",
    Suppression.INVALID: "can't be delivered",
}


def out_of_reach(customer: Customer, words: Iterable[str]) -> str:
    """Say of each kind of message that can't be sent now why that is so; empty where all can be."""
    channels = (kinds.named(word).channel for word in sorted(words))
    found = (_hindrance(channel, customer) for channel in channels if channel)
    return " ".join(each for each in found if each)


def _hindrance(channel: Channel, customer: Customer) -> str | None:
    if channel.usable(customer):
        return None
    address = channel.address(customer)
    if address is None:
        return channel.missing
    suppressed = customer.suppressed.get(address.lower())
    if suppressed is None:
        return channel.objected
    return f"{channel.returned} {_SUPPRESSED[suppressed]}."
