"""Remove a webhook endpoint. What it was owed is dropped as it comes due."""

from __future__ import annotations

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.customer import Change
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import retrying
from chalicelib.services.save_webhook_endpoint import load_endpoint


def remove_webhook_endpoint(ports: Ports, tenant: Tenant, change: Change, endpoint_id: str) -> None:
    """Delete the endpoint. Raises NotFoundError."""

    def attempt() -> None:
        endpoint = load_endpoint(ports, tenant, endpoint_id)
        told = event_of_endpoint("deleted", endpoint, change, ports.clock.now())
        ports.endpoints.remove(endpoint, told)

    retrying(attempt)
