"""Up to when the payments of each tenant are known, and which tenants are to be asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.tenant import Tenant

NOTED_EVERY = timedelta(hours=1)
"""How exactly it is known until when a tenant had no account: noting it each time would be a write
for each."""


@dataclass(frozen=True, slots=True)
class PassedEvent:
    """An event of the provider that is left out because somebody said so: who, why and when."""

    event_id: str
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentMark:
    """Everything that the provider told before `known_until` has been taken in, but for `passed`.

    What happened before `read_again_until` was read once more, when nothing of it could show late
    any longer. None: the tenant takes no payments online, or the provider was never asked; then the
    first answer is read from `since` on, when the tenant was listed or last had no account (None:
    from that look on).
    """

    tenant: Tenant
    known_until: datetime | None = None
    read_again_until: datetime | None = None
    passed: tuple[PassedEvent, ...] = ()
    since: datetime | None = None

    @property
    def certain_until(self) -> datetime | None:
        """Up to when all is known: what the provider told, or else that there was no account.

        None: the tenant is older than such notes, and was never seen with an account.
        """
        if self.known_until is None and self.since is not None:
            return self.since + NOTED_EVERY
        return self.known_until


class PaymentMarks(Protocol):
    """One mark per tenant. Only reading the provider's list to its end moves it, and the first
    checkout sets it: webhooks that came say nothing of those that didn't."""

    def begin(self, tenant: Tenant, since: datetime | None = None) -> None:
        """List a tenant, of whom nothing is known yet. One that is listed stays as it is."""

    def all(self) -> tuple[PaymentMark, ...]:
        """Return the marks of all tenants that are listed; not strongly consistent."""

    def get(self, tenant: Tenant) -> PaymentMark | None:
        """Return a tenant's mark; strong. None: it isn't listed."""

    def certain_until(self, tenant: Tenant) -> datetime | None:
        """Return up to when a tenant's payments are certain, as it was a minute ago at most.

        None where that was never noted, and for a tenant that isn't listed.
        """

    def move(self, mark: PaymentMark, to: PaymentMark) -> bool:
        """Put a mark in the place of another, as a whole; False where somebody else was faster."""
