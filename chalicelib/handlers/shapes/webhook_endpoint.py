"""A webhook endpoint as the contract writes it, and what it is owed."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.delivery import Delivery
from chalicelib.domain.tenant import Mode
from chalicelib.domain.webhook_endpoint import Failure, WebhookEndpoint
from chalicelib.handlers.shapes.common import Timestamp, timestamp, timestamp_or_none
from chalicelib.services.save_webhook_endpoint import Shown

FailureWord = Literal[
    "http_status",
    "redirect",
    "timeout",
    "connection_failed",
    "tls_failed",
    "host_unresolved",
    "address_forbidden",
    "no_answer",
    "endpoint_disabled",
    "unknown",
]


class FailureShape(TypedDict):
    """An attempt that failed; `status` is the HTTP status, where there was an answer."""

    at: Timestamp
    reason: FailureWord
    status: int | None


class WebhookEndpointShape(TypedDict):
    """Where events are delivered. `failing_since` is the first failure since an event was taken;
    after five days the endpoint is disabled. `last_failure` may be a minute behind."""

    id: str
    object: Literal["webhook_endpoint"]
    livemode: bool
    url: str
    events: list[str]
    description: str | None
    metadata: dict[str, str]
    status: Literal["enabled", "disabled"]
    disabled_reason: Literal["requested", "gone", "failing"] | None
    disabled_at: Timestamp | None
    failing_since: Timestamp | None
    last_failure: FailureShape | None
    created_at: Timestamp


class SecretWebhookEndpointShape(WebhookEndpointShape):
    """An endpoint with the secret that signs its events: it is shown this once."""

    secret: str


class RemovedWebhookEndpointShape(TypedDict):
    """An endpoint that is no more."""

    id: str
    object: Literal["webhook_endpoint"]
    deleted: Literal[True]


class DeliveryShape(TypedDict):
    """An event that an endpoint hasn't taken yet. `pending` ones are tried again at about
    `next_attempt_at`; `given_up` ones can be asked for again, and vanish after 30 days."""

    id: str
    object: Literal["webhook_delivery"]
    livemode: bool
    webhook_endpoint: str
    status: Literal["pending", "given_up"]
    attempts: int
    next_attempt_at: Timestamp | None
    last_failure: FailureShape | None
    created_at: Timestamp


def webhook_endpoint_shape(endpoint: WebhookEndpoint) -> WebhookEndpointShape:
    """Write an endpoint; of its secrets it says nothing."""
    reason = endpoint.disabled_reason
    return WebhookEndpointShape(
        id=endpoint.id,
        object="webhook_endpoint",
        livemode=endpoint.tenant.mode is Mode.LIVE,
        url=endpoint.url,
        events=list(endpoint.events),
        description=endpoint.description,
        metadata=endpoint.metadata,
        status=endpoint.status.value,
        disabled_reason=reason.value if reason else None,
        disabled_at=timestamp_or_none(endpoint.disabled_at),
        failing_since=timestamp_or_none(endpoint.failing_since),
        last_failure=_failure_shape(endpoint.last_failure),
        created_at=timestamp(endpoint.created_at),
    )


def secret_shape(shown: Shown) -> SecretWebhookEndpointShape:
    """Write an endpoint with its newest secret."""
    return SecretWebhookEndpointShape(**webhook_endpoint_shape(shown.endpoint), secret=shown.secret)


def removed_shape(endpoint_id: str) -> RemovedWebhookEndpointShape:
    """Write that an endpoint is no more."""
    return RemovedWebhookEndpointShape(id=endpoint_id, object="webhook_endpoint", deleted=True)


def delivery_shape(delivery: Delivery) -> DeliveryShape:
    """Write what is owed; its id is the event's."""
    return DeliveryShape(
        id=delivery.event_id,
        object="webhook_delivery",
        livemode=delivery.tenant.mode is Mode.LIVE,
        webhook_endpoint=delivery.endpoint_id,
        status="pending" if delivery.due_at else "given_up",
        attempts=delivery.attempts,
        next_attempt_at=timestamp_or_none(delivery.due_at),
        last_failure=_failure_shape(delivery.last_failure),
        created_at=timestamp(delivery.created_at),
    )


def _failure_shape(failure: Failure | None) -> FailureShape | None:
    if failure is None:
        return None
    return FailureShape(
        at=timestamp(failure.at), reason=failure.reason.value, status=failure.status
    )
