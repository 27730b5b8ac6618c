"""Addresses that must not be written to, remembered beyond the erasure of whose they were.

Who objected to messages must not get them again from a new import (GDPR article 21(3)), and to know
that, something of the address has to stay (article 17(3)(b)): a keyed hash, with the reason, and
nothing that leads to a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Reference, ReferenceTakenError

REFUSED = "refused_address"


def remember(ports: Ports, tenant: Tenant, refused: Mapping[str, Suppression]) -> None:
    """Remember addresses by their fingerprints; the first reason of each stays."""
    for address, reason in refused.items():
        reference = Reference(tenant, REFUSED, _fingerprint(ports, tenant, address), reason.value)
        try:
            ports.ledger.commit([], [reference])
        except ReferenceTakenError:
            continue  # for another reason, which is as good


def forget(ports: Ports, tenant: Tenant, address: str, reason: Suppression) -> None:
    """Let an address be used again that was refused for this reason; for another one it stays."""
    value = _fingerprint(ports, tenant, address)
    if ports.ledger.reference(tenant, REFUSED, value) == reason.value:
        reference = Reference(tenant, REFUSED, value, reason.value)
        ports.ledger.commit([], (), released=[reference])


def recalled(ports: Ports, tenant: Tenant, *addresses: str | None) -> dict[str, Suppression]:
    """Return those of the addresses that are remembered, in the form of `Customer.suppressed`."""
    found: dict[str, Suppression] = {}
    for address in filter(None, addresses):
        reason = ports.ledger.reference(tenant, REFUSED, _fingerprint(ports, tenant, address))
        if reason:
            found[address.lower()] = Suppression(reason)
    return found


def refused_since(ports: Ports, customer: Customer, since: datetime | None) -> Suppression | None:
    """Return why a customer's number is refused, of which nothing was known when it was stored at
    `since` (None: nobody knows when); None where it isn't, or they said otherwise later."""
    said = customer.consents.get(Do.SMS)
    later = said is not None and since is not None and said.at > since
    if customer.phone is None or later or customer.phone.lower() in customer.suppressed:
        return None
    return recalled(ports, customer.tenant, customer.phone).get(customer.phone.lower())


def _fingerprint(ports: Ports, tenant: Tenant, address: str) -> str:
    return ports.fingerprints.of(tenant, address.lower())
