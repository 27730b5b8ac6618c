"""What webhooks cost: an event to one endpoint, taken at once or only later, and the reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.customer import Change
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.storage import Cursor
from chalicelib.ports.webhooks import Answered
from chalicelib.services.announce import owe_to_endpoints
from chalicelib.services.publish_event import publish_event
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from chalicelib.storage.webhooks import TableWebhookEndpoints
from tests.builders import LIVE
from tests.fakes.webhooks import unheard
from tests.fakes.world import FakeClock

if TYPE_CHECKING:
    from tests.integration.metered import Metered, Units

URL = "https://billing.example.com/dunlin"
OFFICE = Change(by="api_key:office", why="create_webhook_endpoint")


def webhooks(metered: Metered) -> dict[str, Units]:
    """Return the units of an event's way to one endpoint."""
    ports, world = metered.ports, metered.world
    draft = EndpointDraft(URL, ("invoice.created",))
    found = {
        "register a webhook endpoint": metered.used(
            "endpoint", lambda: add_webhook_endpoint(ports, LIVE, OFFICE, draft)
        )
    }
    [event] = metered.ledger.events_page(LIVE, Cursor(1), of_type="invoice.created").data
    metered.endpoints.known(LIVE)
    owed = metered.used("owed", lambda: owe_to_endpoints(ports, [event]))
    found["an event is owed to one endpoint"] = owed
    [message] = world.queues.drain("webhook")
    world.webhooks.script(URL, Answered(500, FailureReason.STATUS))
    failed = metered.used("failed", lambda: publish_event(ports, message, body_of))
    found["… the endpoint fails, for the first time"] = failed
    world.clock.advance(hours=1)
    again = {name: part for name, part in message.items() if name != "first"}
    taken = metered.used("taken late", lambda: publish_event(ports, again, body_of))
    found["… and takes it later"] = taken
    owe_to_endpoints(ports, [event])
    [message] = world.queues.drain("webhook")
    found["… or takes it at once"] = metered.used(
        "taken", lambda: publish_event(ports, message, body_of)
    )
    return found


def reads_of_webhooks(metered: Metered) -> dict[str, Callable[[], Any]]:
    """Return the calls of each access pattern."""
    endpoints = metered.endpoints
    [endpoint] = endpoints.all(LIVE)
    [event] = metered.ledger.events_page(LIVE, Cursor(1), of_type="invoice.created").data
    owe_to_endpoints(metered.ports, [event])
    unread = TableWebhookEndpoints(metered.table, FakeClock(), shards=1, tell=unheard)
    return {
        "endpoints of a tenant, every ten seconds": partial(unread.known, LIVE),
        "webhook endpoint by id": partial(endpoints.find, LIVE, endpoint.id),
        "delivery by id": partial(endpoints.delivery, LIVE, endpoint.id, event.id),
        "ten deliveries": partial(endpoints.deliveries_page, LIVE, endpoint.id, Cursor(10)),
    }
