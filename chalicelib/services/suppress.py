"""Stop using an address that bounced, complained or opted out."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, load_customer, now_of, retrying


def suppress(ports: Ports, customer: Customer, address: str, reason: Suppression) -> Customer:
    """Note that nothing may be sent to the address any more, and return the customer."""

    def attempt() -> Customer:
        before = load_customer(ports, customer.tenant, customer.id)
        if before.erasure:  # the message left before; its address comes to no record any more
            return before
        if address.lower() in before.suppressed:
            return before
        after = replace(before, suppressed={**before.suppressed, address.lower(): reason})
        change = Change(by="system", why=f"address {reason}", at=now_of(ports, before))
        write = changing(before, after, change)
        ports.ledger.commit([write])
        return write.after

    return retrying(attempt)
