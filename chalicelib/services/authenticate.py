"""Find out who calls, from the Authorization header."""

from __future__ import annotations

import hmac

from chalicelib.domain.access import ApiKey, digest, tenant_of_key
from chalicelib.ports.all import Ports

_SCHEME = "bearer"


def authenticate(ports: Ports, authorization: str | None) -> ApiKey | None:
    """Return the stored key of a `Bearer dk_…` header, or None for whatever isn't a valid one.

    Keys are read each time, so a revoked one opens nothing from the moment it is revoked. That a
    key was used is noted once an hour.
    """
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    tenant = tenant_of_key(key)
    if scheme.lower() != _SCHEME or tenant is None:
        return None
    stored = ports.configuration.api_key(tenant, digest(key))
    if stored is None or not hmac.compare_digest(stored.digest, digest(key)):
        return None
    now = ports.clock.now()
    if not stored.opens(now):
        return None
    if stored.use_is_news(now):
        ports.configuration.note_use(stored, now)
    return stored
