"""Deliver again what an endpoint didn't take: with all its attempts before it."""

from __future__ import annotations

from chalicelib.domain.delivery import Delivery, owed
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.announce import ask_for_attempts
from chalicelib.services.common import load_event
from chalicelib.services.save_webhook_endpoint import load_endpoint


def deliver_again(ports: Ports, tenant: Tenant, endpoint_id: str, event_id: str) -> Delivery:
    """Owe any event of the feed to the endpoint, and ask for an attempt at once.

    So what was given up, or what a receiver lost, comes once more. Raises NotFoundError,
    ConflictError for an endpoint that is disabled.
    """
    endpoint = load_endpoint(ports, tenant, endpoint_id)
    if not endpoint.is_enabled:
        raise ConflictError(f"{endpoint_id} is disabled; enable it first.")
    event = load_event(ports, tenant, event_id)
    delivery = owed(tenant, endpoint_id, event.id, ports.clock.now())
    ports.endpoints.owe([delivery])
    ask_for_attempts(ports, [delivery])
    return delivery
