"""Addresses that must not be written to, remembered beyond the erasure of whose they were.

Who objected to messages must not get them again from a new import (GDPR article 21(3)), and to know
that, something of the address has to stay (article 17(3)(b)): a keyed hash, with the reason, and
nothing that leads to a customer.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.customer import Suppression
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


def _fingerprint(ports: Ports, tenant: Tenant, address: str) -> str:
    return ports.fingerprints.of(tenant, address.lower())
