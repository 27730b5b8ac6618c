"""Register a webhook endpoint, or change one. An address that may never be called is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import (
    FieldError,
    IdempotencyKeyReusedError,
    InvalidError,
    NotFoundError,
    SecretReplacedError,
    TooManyEndpointsError,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import (
    MOST_ENDPOINTS,
    DisabledReason,
    EndpointStatus,
    SigningSecret,
    WebhookEndpoint,
)
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import new_part, retrying
from chalicelib.services.once import Mark, own_mark

STATUS = "status"


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """An endpoint as posted."""

    url: str
    events: tuple[str, ...]
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """An endpoint with its newest secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


def add_webhook_endpoint(
    ports: Ports, tenant: Tenant, change: Change, draft: EndpointDraft, once: Mark | None = None
) -> Shown:
    """Store a new endpoint; the same request again finds it, until its secret is replaced.

    Raises InvalidError, TooManyEndpointsError (two requests at once may make one too many, which
    does no harm), IdempotencyKeyReusedError, SecretReplacedError.
    """
    mark = once or own_mark(ports)
    endpoint_id = f"we_{mark.own}"
    known = ports.endpoints.find(tenant, endpoint_id)
    if known:
        return _made_by(ports, mark, known)
    _check_address(ports, draft.url)
    if len(ports.endpoints.all(tenant)) >= MOST_ENDPOINTS:
        raise TooManyEndpointsError(f"There are {MOST_ENDPOINTS} webhook endpoints already.")
    now = ports.clock.now()
    secret = SigningSecret(ports.signing.newest_key(), new_part(ports, now), now)
    endpoint = WebhookEndpoint(
        id=endpoint_id,
        tenant=tenant,
        url=draft.url,
        events=draft.events,
        secrets=(secret,),
        created_at=now,
        description=draft.description,
        metadata=draft.metadata,
        request=mark.request,
    )
    told = event_of_endpoint("created", endpoint, change, now, events=list(endpoint.events))
    try:
        ports.endpoints.save(endpoint, told)
    except WriteConflictError:
        stored = load_endpoint(ports, tenant, endpoint_id)
        return _made_by(ports, mark, stored)
    return Shown(endpoint, ports.signing.secret(endpoint.id, secret))


def change_webhook_endpoint(
    ports: Ports, tenant: Tenant, change: Change, endpoint_id: str, fields: Mapping[str, object]
) -> WebhookEndpoint:
    """Change the given fields, `status` among them. Raises NotFoundError, InvalidError."""
    if isinstance(url := fields.get("url"), str):
        _check_address(ports, url)

    def attempt() -> WebhookEndpoint:
        before, now = load_endpoint(ports, tenant, endpoint_id), ports.clock.now()
        after = before.changed(**{name: fields[name] for name in fields if name != STATUS})
        kind, data = "updated", {"changed": sorted(fields)}
        wanted = fields.get(STATUS, before.status)
        if wanted is EndpointStatus.ENABLED and not before.is_enabled:
            after, kind = after.enabled(), "enabled"
        if wanted is EndpointStatus.DISABLED and before.is_enabled:
            after, kind = after.disabled(DisabledReason.REQUESTED, now), "disabled"
        if after is before:
            return before
        after = replace(after, version=before.version + 1)
        ports.endpoints.save(after, event_of_endpoint(kind, after, change, now, **data))
        return after

    return retrying(attempt)


def load_endpoint(ports: Ports, tenant: Tenant, endpoint_id: str) -> WebhookEndpoint:
    """Return the endpoint. Raises NotFoundError."""
    endpoint = ports.endpoints.find(tenant, endpoint_id)
    if endpoint is None:
        raise NotFoundError(f"There is no webhook endpoint {endpoint_id}.")
    return endpoint


def _made_by(ports: Ports, mark: Mark, known: WebhookEndpoint) -> Shown:
    if known.request != mark.request:
        raise IdempotencyKeyReusedError(f"{known.id} was made with this key by another request.")
    if len(known.secrets) > 1 or known.secrets[0].made_at != known.created_at:
        raise SecretReplacedError(f"The secret of {known.id} was replaced since; rotate it again.")
    return Shown(known, ports.signing.secret(known.id, known.secrets[0]))


def _check_address(ports: Ports, url: str) -> None:
    if fault := ports.webhooks.refusal(url):
        raise InvalidError("The address can't be called.", fields=(FieldError("/url", fault),))
