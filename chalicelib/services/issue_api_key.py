"""Issue an API key, or put a new one in the place of an old one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.access import SECRET_LENGTH, AccessScope, ApiKey, digest, write_key
from chalicelib.domain.configuration_facts import event_of_key
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import new_part
from chalicelib.services.list_api_keys import list_api_keys
from chalicelib.services.revoke_api_key import revoke_api_key

ISSUED = Change(by="system", why="key issued")
ROTATED = Change(by="system", why="key rotated")


@dataclass(frozen=True, slots=True)
class Rotated:
    """The key that was issued in place of `old`, which opens until its `expires_at`."""

    key: str
    old: ApiKey


def issue_api_key(
    ports: Ports,
    tenant: Tenant,
    scopes: Iterable[AccessScope],
    *,
    expires_at: datetime | None = None,
    change: Change = ISSUED,
) -> str:
    """Store a new key's hash and return the key, which can't be shown again."""
    return _issue(ports, tenant, scopes, expires_at, change)[0]


def rotate_api_key(
    ports: Ports,
    creditor_id: str,
    key_id: str,
    *,
    overlap: timedelta,
    lives: timedelta | None,
    change: Change = ROTATED,
) -> Rotated:
    """Issue a key of the same mode and scopes; the old one opens for the overlap, and not longer.

    The new key lives as long as is said, else as the old one was to. It is stored first, so that
    whatever fails leaves a key that works. Raises NotFoundError, and ConflictError for a key that
    opens nothing any more or was rotated before; the new one is revoked where that comes out late.
    """
    now = ports.clock.now()
    old = _own(ports, creditor_id, key_id)
    if not old.opens(now):
        raise ConflictError(f"{key_id} is revoked or expired; issue a key instead.")
    if old.replaced_by:
        raise ConflictError(f"{key_id} was rotated before: {old.replaced_by} is in its place.")
    if lives is None and old.expires_at is not None:
        lives = old.expires_at - old.created_at
    key, new = _issue(ports, old.tenant, old.scopes, now + lives if lives else None, change)
    ends = now + overlap
    if old.expires_at is not None:
        ends = min(ends, old.expires_at)
    ending = replace(old, expires_at=ends, replaced_by=new.id)
    told = event_of_key(old, ending, change, now)
    try:
        ports.configuration.save_api_key(ending, told, read=old)
    except WriteConflictError:
        revoke_api_key(ports, creditor_id, new.id, change)  # nobody has seen it
        raise ConflictError(f"{key_id} was just revoked or rotated by somebody else.") from None
    return Rotated(key, ending)


def _issue(
    ports: Ports,
    tenant: Tenant,
    scopes: Iterable[AccessScope],
    expires_at: datetime | None,
    change: Change,
) -> tuple[str, ApiKey]:
    secret = ids.encode(ports.chance.bits(5 * SECRET_LENGTH), SECRET_LENGTH)
    key = write_key(tenant, secret)
    now = ports.clock.now()
    stored = ApiKey(
        id=f"ak_{new_part(ports, now)}",
        tenant=tenant,
        digest=digest(key),
        last4=key[-4:],
        scopes=frozenset(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    ports.configuration.save_api_key(stored, event_of_key(None, stored, change, now))
    return key, stored


def _own(ports: Ports, creditor_id: str, key_id: str) -> ApiKey:
    for key in list_api_keys(ports, creditor_id):
        if key.id == key_id:
            return key
    raise NotFoundError(f"There is no API key {key_id}.")
