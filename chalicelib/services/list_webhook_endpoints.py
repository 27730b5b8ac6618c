"""Webhook endpoints, latest first. A tenant has so few that all are read, and a page is cut out."""

from __future__ import annotations

from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import WebhookEndpoint
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Page


def list_webhook_endpoints(ports: Ports, tenant: Tenant, cursor: Cursor) -> Page[WebhookEndpoint]:
    """Return a page. Raises InvalidError where the cursor names none of them."""
    found = sorted(
        ports.endpoints.all(tenant), key=lambda each: (each.created_at, each.id), reverse=True
    )
    places = {endpoint.id: place for place, endpoint in enumerate(found)}
    if cursor.before is not None:
        newer = found[: _place(places, cursor.before, "ending_before")]
        return Page(tuple(newer[-cursor.limit :]), has_more=len(newer) > cursor.limit)
    if cursor.after is not None:
        found = found[_place(places, cursor.after, "starting_after") + 1 :]
    return Page(tuple(found[: cursor.limit]), has_more=len(found) > cursor.limit)


def _place(places: dict[str, int], endpoint_id: str, parameter: str) -> int:
    if endpoint_id not in places:
        fault = FieldError(f"/{parameter}", "isn't one of the webhook endpoints")
        raise InvalidError("The list can't go on there.", fields=(fault,))
    return places[endpoint_id]
