"""Take an API key back, at once and for good."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.access import ApiKey
from chalicelib.domain.errors import NotFoundError
from chalicelib.ports.all import Ports
from chalicelib.services.list_api_keys import list_api_keys


def revoke_api_key(ports: Ports, creditor_id: str, key_id: str) -> ApiKey:
    """Return the key as revoked, for the first time if it was before. Raises NotFoundError."""
    for key in list_api_keys(ports, creditor_id):
        if key.id == key_id:
            revoked = replace(key, revoked_at=key.revoked_at or ports.clock.now())
            ports.configuration.save_api_key(revoked)
            return revoked
    raise NotFoundError(f"There is no API key {key_id}.")
