"""Events that are told late, after their customer was erased, are told without identity.

An erasure ends once the stream has told what was committed before it. What failed there, and is
told later by a redrive or a replay, would bring names back.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from chalicelib.domain.erasure import nameless_event
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports


def without_identity(ports: Ports, events: Iterable[Event]) -> list[Event]:
    """Return the events, those of erased customers nameless. Reads each customer once."""

    @cache
    def is_erased(tenant: Tenant, customer_id: str | None) -> bool:
        customer = ports.ledger.customer(tenant, customer_id) if customer_id else None
        return customer is not None and customer.erasure is not None

    return [
        nameless_event(event) if is_erased(event.tenant, event.customer_id) else event
        for event in events
    ]
