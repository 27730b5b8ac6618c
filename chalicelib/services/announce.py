"""Events go into the feed, and from there to the webhook endpoints that want them.

What an endpoint is to get is stored before anybody is asked to send it, so a queue that fails or
loses a message delays it and no more: the sweep finds what is still owed. An endpoint that can't be
read is owed everything by its id, and what it doesn't want is dropped once it can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from chalicelib.domain.delivery import Delivery, owed
from chalicelib.domain.event import Event
from chalicelib.ports.all import Ports
from chalicelib.ports.logs import log
from chalicelib.ports.webhooks import UnreadableEndpoint

QUEUE = "webhook"
ABOUT_ENDPOINTS = "webhook_endpoint."
FIRST = "first"
"""Stands in a message of which nothing was tried yet: the sweep would come later."""


def announce(ports: Ports, events: Collection[Event]) -> None:
    """Owe events to the endpoints that want them, and record them.

    In this order, what is in the feed is owed or was. So whatever fails in between comes back and
    begins anew, and what is told again because of its neighbours disturbs no receiver.
    """
    deliveries = _wanted(ports, events)
    if deliveries:
        awaited = {each.event_id for each in deliveries}
        known = ports.ledger.told([event for event in events if event.id in awaited])
        deliveries = [each for each in deliveries if each.event_id not in known]
        ports.endpoints.owe(deliveries)
    ports.ledger.record_events(events)
    ask_for_attempts(ports, deliveries)


def owe_to_endpoints(ports: Ports, events: Collection[Event]) -> None:
    """Owe events that are in the feed to the endpoints that want them, and ask for the first try.

    A tenant without endpoints costs a look every few seconds.
    """
    for tenant in {each.tenant for each in events if each.type.startswith(ABOUT_ENDPOINTS)}:
        ports.endpoints.forget(tenant)
    if deliveries := _wanted(ports, events):
        ports.endpoints.owe(deliveries)
    ask_for_attempts(ports, deliveries)


def ask_for_attempts(ports: Ports, deliveries: Iterable[Delivery]) -> None:
    """Ask for the first attempt at what is owed. What can't be asked for, the sweep sees to."""
    messages = [
        {
            "tenant": each.tenant.key,
            "endpoint": each.endpoint_id,
            "event": each.event_id,
            FIRST: "yes",
        }
        for each in deliveries
    ]
    if not messages:
        return
    try:
        ports.queues.put(QUEUE, messages)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the queue, nothing is lost
        facts = {"queue": QUEUE, "count": len(messages), "code": type(error).__name__}
        log().error("deliveries wait for the sweep", extra=facts)


def _wanted(ports: Ports, events: Collection[Event]) -> list[Delivery]:
    now = ports.clock.now()
    return [
        owed(event.tenant, endpoint.id, event.id, now, is_presumed=is_presumed)
        for event in events
        for endpoint in ports.endpoints.known(event.tenant)
        if (is_presumed := isinstance(endpoint, UnreadableEndpoint)) or endpoint.wants(event.type)
    ]
