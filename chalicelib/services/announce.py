"""Events go into the feed, and from there to the webhook endpoints that want them.

What an endpoint is to get is stored before anybody is asked to send it, so a queue that fails or
loses a message delays it and no more: the sweep finds what is still owed.
"""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.domain.delivery import owed
from chalicelib.domain.event import Event
from chalicelib.ports.all import Ports

QUEUE = "webhook"
ABOUT_ENDPOINTS = "webhook_endpoint."
FIRST = "first"
"""Stands in a message of which nothing was tried yet: the sweep would come later."""


def announce(ports: Ports, events: Collection[Event]) -> None:
    """Record events and owe them to the endpoints that want them. Again, it begins anew."""
    ports.ledger.record_events(events)
    owe_to_endpoints(ports, events)


def owe_to_endpoints(ports: Ports, events: Collection[Event]) -> None:
    """Owe events that are in the feed to the endpoints that want them, and ask for the first try.

    A tenant without endpoints costs a look every few seconds.
    """
    for tenant in {each.tenant for each in events if each.type.startswith(ABOUT_ENDPOINTS)}:
        ports.endpoints.forget(tenant)
    now = ports.clock.now()
    deliveries = [
        owed(event.tenant, endpoint.id, event.id, now)
        for event in events
        for endpoint in ports.endpoints.known(event.tenant)
        if endpoint.wants(event.type)
    ]
    if not deliveries:
        return
    ports.endpoints.owe(deliveries)
    ports.queues.put(
        QUEUE,
        [
            {
                "tenant": each.tenant.key,
                "endpoint": each.endpoint_id,
                "event": each.event_id,
                FIRST: "yes",
            }
            for each in deliveries
        ],
    )
