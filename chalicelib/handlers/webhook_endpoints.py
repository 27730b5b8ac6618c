"""Webhook endpoints say where a creditor's data goes, so all about them needs the scope `admin`."""

from __future__ import annotations

from chalicelib.domain.access import AccessScope
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.fields import CHILD_IDS, ENDPOINT_ID
from chalicelib.handlers.bodies.webhook_endpoints import (
    DeliveriesQuery,
    EndpointsQuery,
    RotationBody,
    WebhookEndpointBody,
    WebhookEndpointChanges,
)
from chalicelib.handlers.routing import Call, Resource, of_shape
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.webhook_endpoint import (
    DeliveryShape,
    RemovedWebhookEndpointShape,
    SecretWebhookEndpointShape,
    WebhookEndpointShape,
    delivery_shape,
    removed_shape,
    secret_shape,
    webhook_endpoint_shape,
)
from chalicelib.services.deliver_again import deliver_again
from chalicelib.services.list_webhook_endpoints import list_webhook_endpoints
from chalicelib.services.remove_webhook_endpoint import remove_webhook_endpoint
from chalicelib.services.rotate_webhook_secret import rotate_webhook_secret
from chalicelib.services.save_webhook_endpoint import (
    add_webhook_endpoint,
    change_webhook_endpoint,
    load_endpoint,
)

resource = Resource(__name__, "Webhook endpoints")
blueprint = resource.blueprint

ALL = "/v1/webhook_endpoints"
ONE = f"{ALL}/{{endpoint_id}}"
ADMIN = AccessScope.ADMIN


@resource.post(
    ALL, SecretWebhookEndpointShape, body=WebhookEndpointBody, scope=ADMIN, keeps_answer=False
)
def create_webhook_endpoint(
    call: Call[WebhookEndpointBody, NoQuery],
) -> SecretWebhookEndpointShape:
    """Register a webhook endpoint; the secret in the answer is shown this once"""
    draft = call.body.draft()
    return secret_shape(
        add_webhook_endpoint(call.ports, call.tenant, call.change, draft, call.once)
    )


@resource.get(ALL, ListShape[WebhookEndpointShape], query=EndpointsQuery, scope=ADMIN)
def list_endpoints(call: Call[Nothing, EndpointsQuery]) -> ListShape[WebhookEndpointShape]:
    """List webhook endpoints"""
    cursor = call.query.cursor()
    page = list_webhook_endpoints(call.ports, call.tenant, cursor)
    return list_shape(page, webhook_endpoint_shape, url=call.path, cursor=cursor)


@resource.get(ONE, WebhookEndpointShape, scope=ADMIN)
def get_webhook_endpoint(call: Call[Nothing, NoQuery], endpoint_id: str) -> WebhookEndpointShape:
    """Get a webhook endpoint, and how deliveries to it have been going"""
    return webhook_endpoint_shape(load_endpoint(call.ports, call.tenant, _wanted(endpoint_id)))


@resource.patch(ONE, WebhookEndpointShape, body=WebhookEndpointChanges, scope=ADMIN)
def change_endpoint(
    call: Call[WebhookEndpointChanges, NoQuery], endpoint_id: str
) -> WebhookEndpointShape:
    """Change, disable or enable a webhook endpoint"""
    wanted, fields = _wanted(endpoint_id), call.body.given()
    return webhook_endpoint_shape(
        change_webhook_endpoint(call.ports, call.tenant, call.change, wanted, fields)
    )


@resource.delete(ONE, RemovedWebhookEndpointShape, scope=ADMIN)
def delete_webhook_endpoint(
    call: Call[Nothing, NoQuery], endpoint_id: str
) -> RemovedWebhookEndpointShape:
    """Remove a webhook endpoint"""
    wanted = _wanted(endpoint_id)
    remove_webhook_endpoint(call.ports, call.tenant, call.change, wanted)
    return removed_shape(wanted)


@resource.post(
    f"{ONE}/rotate_secret",
    SecretWebhookEndpointShape,
    body=RotationBody,
    status=200,
    scope=ADMIN,
    keeps_answer=False,
)
def rotate_secret(
    call: Call[RotationBody, NoQuery], endpoint_id: str
) -> SecretWebhookEndpointShape:
    """Give a webhook endpoint a new secret; the old one signs beside it for a while"""
    wanted, overlap = _wanted(endpoint_id), call.body.overlap()
    return secret_shape(
        rotate_webhook_secret(call.ports, call.tenant, call.change, wanted, overlap, call.once)
    )


@resource.get(f"{ONE}/deliveries", ListShape[DeliveryShape], query=DeliveriesQuery, scope=ADMIN)
def list_deliveries(
    call: Call[Nothing, DeliveriesQuery], endpoint_id: str
) -> ListShape[DeliveryShape]:
    """List the events that a webhook endpoint hasn't taken yet"""
    endpoint = load_endpoint(call.ports, call.tenant, _wanted(endpoint_id))
    cursor = call.query.cursor()
    page = call.ports.endpoints.deliveries_page(call.tenant, endpoint.id, cursor)
    return list_shape(page, delivery_shape, url=call.path, cursor=cursor)


@resource.post(f"{ONE}/deliveries/{{event_id}}/retry", DeliveryShape, status=200, scope=ADMIN)
def retry_delivery(call: Call[Nothing, NoQuery], endpoint_id: str, event_id: str) -> DeliveryShape:
    """Deliver an event to a webhook endpoint again"""
    wanted = _wanted(endpoint_id), of_shape(CHILD_IDS["evt"], event_id, "event")
    return delivery_shape(deliver_again(call.ports, call.tenant, *wanted))


def _wanted(endpoint_id: str) -> str:
    return of_shape(ENDPOINT_ID, endpoint_id, "webhook endpoint")
