"""Outbound webhooks: the endpoints, what they are still owed, and the way out to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.delivery import Delivery
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import FailureReason, SigningSecret, WebhookEndpoint
from chalicelib.ports.storage import Cursor, Page


@dataclass(frozen=True, slots=True)
class UnreadableEndpoint:
    """In place of an endpoint that can't be made out; `fault` is the name of the error."""

    id: str
    fault: str


class WebhookEndpoints(Protocol):
    """Endpoints, and the deliveries that they are owed."""

    def all(self, tenant: Tenant) -> tuple[WebhookEndpoint, ...]:
        """Return a tenant's endpoints, latest first; strong. What can't be made out is left out."""

    def known(self, tenant: Tenant) -> tuple[WebhookEndpoint | UnreadableEndpoint, ...]:
        """Return them as they were some seconds ago at most, with those that can't be made out."""

    def forget(self, tenant: Tenant) -> None:
        """Read a tenant's endpoints anew: they were just changed."""

    def find(self, tenant: Tenant, endpoint_id: str) -> WebhookEndpoint | None:
        """Return an endpoint; strong. Raises UnreadableRecordError."""

    def save(self, endpoint: WebhookEndpoint, event: Event | None = None) -> None:
        """Store an endpoint with the event that tells of it, all or nothing.

        The version before must be stored still (version 1: none). Raises WriteConflictError.
        """

    def remove(self, endpoint: WebhookEndpoint, event: Event) -> None:
        """Delete the endpoint as it was read, with the event. Raises WriteConflictError."""

    def owe(self, deliveries: Iterable[Delivery]) -> None:
        """Store deliveries of which nothing was tried yet; the same ones again begin anew."""

    def delivery(self, tenant: Tenant, endpoint_id: str, event_id: str) -> Delivery | None:
        """Return what is owed; strong. Raises UnreadableRecordError."""

    def begin_anew(self, delivery: Delivery) -> None:
        """Store a delivery over its record that can't be made out, if that is still there."""

    def note(self, delivery: Delivery, *, attempts: int) -> bool:
        """Store what became of a delivery.

        False where it was owed anew since (`created_at`), or its attempts aren't that many.
        """

    def settle(self, delivery: Delivery) -> None:
        """Delete a delivery: the endpoint has it, or is no more. What was owed anew since stays."""

    def deliveries_page(self, tenant: Tenant, endpoint_id: str, cursor: Cursor) -> Page[Delivery]:
        """Return what an endpoint is owed, latest event first."""


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What is posted: the event's id, the moment of the attempt (UTC), and the JSON."""

    id: str
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an attempt: the HTTP status, if any came, and why it failed (None: taken).

    `pause` is for how long the receiver asked to be left alone.
    """

    status: int | None = None
    failure: FailureReason | None = None
    pause: timedelta = timedelta()


class WebhookGateway(Protocol):
    """The way out: public addresses only, no redirects, seconds at most."""

    def refusal(self, url: str) -> str | None:
        """Return what is wrong with an address, as a phrase after "The address"; None: nothing."""

    def deliver(self, url: str, message: WebhookMessage, secrets: Sequence[str]) -> Answered:
        """Post a message, signed with each of the secrets. Raises nothing for what fails."""


class SigningSecrets(Protocol):
    """Endpoints' secrets, derived from a key of the stage."""

    def newest_key(self) -> str:
        """Return the name of the key from which new secrets are made."""

    def secret(self, endpoint_id: str, made: SigningSecret) -> str:
        """Return a secret, `whsec_…`; the same each time."""
