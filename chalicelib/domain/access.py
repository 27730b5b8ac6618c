"""Who calls: API keys are stored hashed, carry scopes, and belong to one creditor and mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant

SECRET_LENGTH = 32


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

    A revoked key opens nothing, but stays, since the audit trail names keys by their ids.
    """

    id: str
    tenant: Tenant
    digest: str
    last4: str
    scopes: frozenset[AccessScope]
    created_at: datetime
    revoked_at: datetime | None = None

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
