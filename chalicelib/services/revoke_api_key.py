"""Take an API key back, at once and for good."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.access import ApiKey
from chalicelib.domain.configuration_facts import event_of_key
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import NotFoundError
from chalicelib.ports.all import Ports
from chalicelib.services.common import retrying
from chalicelib.services.list_api_keys import list_api_keys

REVOKED = Change(by="system", why="key revoked")


def revoke_api_key(ports: Ports, creditor_id: str, key_id: str, change: Change = REVOKED) -> ApiKey:
    """Return the key as revoked, for the first time if it was before. Raises NotFoundError."""

    def attempt() -> ApiKey:
        for key in list_api_keys(ports, creditor_id):
            if key.id == key_id:
                return key if key.revoked_at else _revoke(ports, key, change)
        raise NotFoundError(f"There is no API key {key_id}.")

    return retrying(attempt)


def _revoke(ports: Ports, key: ApiKey, change: Change) -> ApiKey:
    now = ports.clock.now()
    revoked = replace(key, revoked_at=now)
    ports.configuration.save_api_key(revoked, event_of_key(key, revoked, change, now), read=key)
    return revoked
