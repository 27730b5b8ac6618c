"""Who calls: API keys are stored hashed, carry scopes, and belong to one creditor and mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant

SECRET_LENGTH = 32

USE_NOTED_EVERY = timedelta(hours=1)
"""How exactly it is known when a key was last used: noting it at each request would be a write."""


class AccessScope(StrEnum):
    """What a key may do. `admin` includes `write`, and `write` includes `read`."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


IMPLIED = {
    AccessScope.READ: frozenset({AccessScope.READ}),
    AccessScope.WRITE: frozenset({AccessScope.READ, AccessScope.WRITE}),
    AccessScope.ADMIN: frozenset(AccessScope),
}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as stored: `digest` is SHA-256 of the whole key, whose last four letters are shown.

    A revoked or expired key opens nothing, but stays, since the audit trail names keys by their
    ids. `replaced_by` is the id of the key that a rotation put in its place. `last_used_at` is up
    to an hour behind, see USE_NOTED_EVERY.
    """

    id: str
    tenant: Tenant
    digest: str
    last4: str
    scopes: frozenset[AccessScope]
    created_at: datetime
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    replaced_by: str | None = None
    last_used_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Say whether the key opens anything. At the instant at which it expires, it doesn't."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def use_is_news(self, now: datetime) -> bool:
        """Say whether its use is to be noted: it hasn't been within the hour."""
        return self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY

    def allows(self, scope: AccessScope) -> bool:
        """Say whether the key may do what needs `scope`."""
        return any(scope in IMPLIED[own] for own in self.scopes)


def write_key(tenant: Tenant, secret: str) -> str:
    """Return the key to hand out: it names mode and creditor, so that it can be looked up."""
    return f"dk_{tenant.mode}_{tenant.creditor_id.partition('_')[2]}{secret}"


def tenant_of_key(key: str) -> Tenant | None:
    """Return the tenant that a key claims to be of, or None where it isn't shaped like a key."""
    prefix, _, rest = key.partition("_")
    mode, _, body = rest.partition("_")
    if prefix != "dk" or mode not in set(Mode) or len(body) != ids.PART + SECRET_LENGTH:
        return None
    return Tenant(creditor_id=f"cr_{body[: ids.PART]}", mode=Mode(mode))


def digest(key: str) -> str:
    """Return what is stored of a key. Keys have 160 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
