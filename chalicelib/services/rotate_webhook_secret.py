"""Give a webhook endpoint a new secret; the old one signs beside it for a while."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import IdempotencyKeyReusedError, SecretReplacedError
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import Rotation, SigningSecret, WebhookEndpoint
from chalicelib.ports.all import Ports
from chalicelib.services.common import new_part, retrying
from chalicelib.services.once import Mark
from chalicelib.services.save_webhook_endpoint import Shown, load_endpoint


def rotate_webhook_secret(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    endpoint_id: str,
    overlap: timedelta,
    once: Mark | None = None,
) -> Shown:
    """Make a new secret; with the mark of the request that made the newest, show that again.

    Raises NotFoundError, IdempotencyKeyReusedError, SecretReplacedError.
    """

    def attempt() -> Shown:
        before, now = load_endpoint(ports, tenant, endpoint_id), ports.clock.now()
        if once and (made := _made_by(once, before)):
            return Shown(before, ports.signing.secret(before.id, made))
        secret = SigningSecret(
            key=ports.signing.newest_key(),
            salt=new_part(ports, now),
            made_at=now,
            request=once.own if once else None,
        )
        asked = Rotation(once.own, once.request) if once else None
        after = before.rotated(secret, overlap, asked)
        ends = [each.ends_at.isoformat() for each in after.secrets if each.ends_at]
        told = event_of_endpoint("secret_rotated", after, change, now, older_until=ends[:1] or None)
        ports.endpoints.save(after, told)
        return Shown(after, ports.signing.secret(after.id, secret))

    return retrying(attempt)


def _made_by(once: Mark, endpoint: WebhookEndpoint) -> SigningSecret | None:
    """Return the secret that a request made; None for one that comes the first time."""
    known = next((each for each in endpoint.rotations if each.own == once.own), None)
    if known is None:
        return None
    if known.request != once.request:
        raise IdempotencyKeyReusedError(
            f"The secret of {endpoint.id} was rotated with this key by another request."
        )
    newest = endpoint.secrets[0]
    if newest.request != once.own:
        raise SecretReplacedError(
            f"The secret of {endpoint.id} was replaced since; rotate it again with another key."
        )
    return newest
