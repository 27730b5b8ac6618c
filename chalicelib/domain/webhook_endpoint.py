"""A webhook endpoint: where a creditor wants to be told of events, and how that has been going.

An endpoint that hasn't taken a single event for FAILS_FOR is disabled by itself, and one that
answers 410 (Gone) at once. A disabled one gets nothing; what happens meanwhile is in the feed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.tenant import Tenant

ALL_EVENTS = "*"
MOST_ENDPOINTS = 16
"""How many a creditor may have in each mode: every event costs a delivery for each."""
FAILS_FOR = timedelta(days=5)
FAILURE_NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last failure is known: noting each would be a write for each."""
DOWN_AFTER = timedelta(minutes=5)
"""So long nothing was taken: from then on an endpoint is tried about once a minute."""
LONGEST_PAUSE = timedelta(hours=6)
"""For how long at most a receiver is left alone because it asks for it."""
MOST_SECRETS = 3
"""The newest secret and the older ones that sign beside it."""
MOST_ROTATIONS = 16
"""How many requests are remembered, so that a late repetition of one doesn't rotate once more."""

NOTHING_FAILED: Final = {"failing_since": None, "paused_until": None}


class EndpointStatus(StrEnum):
    """Whether events are delivered."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why none are."""

    REQUESTED = "requested"
    GONE = "gone"
    FAILING = "failing"


class FailureReason(StrEnum):
    """Why an attempt brought nothing over."""

    STATUS = "http_status"
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    CONNECTION = "connection_failed"
    TLS = "tls_failed"
    UNRESOLVED = "host_unresolved"
    FORBIDDEN = "address_forbidden"
    SILENCE = "no_answer"
    DISABLED = "endpoint_disabled"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> FailureReason:
        """Return UNKNOWN for a reason that only another release knows: its endpoint stays usable.

        What is stored anew says so for good.
        """
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed: when (UTC), why, and the HTTP status where there was an answer."""

    at: datetime
    reason: FailureReason
    status: int | None = None


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """What a secret is made of; the secret itself is stored nowhere.

    `key` names the stage's key from which it is derived, with `salt`. It signs until `ends_at`.
    `request` marks the request that asked for it.
    """

    key: str
    salt: str
    made_at: datetime
    ends_at: datetime | None = None
    request: str | None = None

    def signs(self, now: datetime) -> bool:
        """Say whether it signs still. At the instant at which it ends, it doesn't."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True)
class Rotation:
    """A request with an Idempotency-Key that made a secret: marks of its key and of all of it."""

    own: str
    request: str


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An endpoint as stored. `secrets` are newest first; `request` marks the request that made it,
    `rotations` those that asked for the secrets since, newest first.

    `failing_since` is the first failure since anything was taken, `last_failure` the last one, up
    to a minute behind. Until `paused_until` it is to be left alone, as it asked for.
    """

    id: str
    tenant: Tenant
    url: str
    events: tuple[str, ...]
    secrets: tuple[SigningSecret, ...]
    created_at: datetime
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: EndpointStatus = EndpointStatus.ENABLED
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    last_failure: Failure | None = None
    paused_until: datetime | None = None
    request: str | None = None
    rotations: tuple[Rotation, ...] = ()
    version: int = 1

    @property
    def is_enabled(self) -> bool:
        """Whether events are delivered to it."""
        return self.status is EndpointStatus.ENABLED

    def wants(self, event_type: str) -> bool:
        """Say whether events of a type are delivered to it."""
        return self.is_enabled and self.lists(event_type)

    def lists(self, event_type: str) -> bool:
        """Say whether its list has events of a type, also while it is disabled."""
        return ALL_EVENTS in self.events or event_type in self.events

    def signing(self, now: datetime) -> tuple[SigningSecret, ...]:
        """Return the secrets that sign what is sent now, newest first."""
        return tuple(each for each in self.secrets if each.signs(now))

    def rotated(
        self, secret: SigningSecret, overlap: timedelta, asked: Rotation | None = None
    ) -> WebhookEndpoint:
        """Return the endpoint with a new secret; the others sign for the overlap, not longer."""
        rotations = ((asked,) if asked else ()) + self.rotations
        ends = secret.made_at + overlap
        older = [
            replace(each, ends_at=min(each.ends_at or ends, ends))
            for each in self.signing(secret.made_at)
            if overlap
        ]
        secrets = (secret, *older[: MOST_SECRETS - 1])
        return self._next(secrets=secrets, rotations=rotations[:MOST_ROTATIONS])

    def enabled(self) -> WebhookEndpoint:
        """Return the endpoint in service, as if nothing had failed yet."""
        return self._next(
            status=EndpointStatus.ENABLED,
            disabled_reason=None,
            disabled_at=None,
            **NOTHING_FAILED,
        )

    def disabled(self, reason: DisabledReason, at: datetime) -> WebhookEndpoint:
        """Return the endpoint out of service."""
        return self._next(status=EndpointStatus.DISABLED, disabled_reason=reason, disabled_at=at)

    def failed(
        self, failure: Failure, *, gone: bool = False, pause: timedelta = timedelta()
    ) -> WebhookEndpoint:
        """Return the endpoint after a failure; itself where that is no news.

        `pause` is for how long it asked to be left alone.
        """
        since = self.failing_since or failure.at
        until = failure.at + min(pause, LONGEST_PAUSE) if pause else self.paused_until
        noted = replace(self, failing_since=since, last_failure=failure, paused_until=until)
        if gone:
            return noted.disabled(DisabledReason.GONE, failure.at)
        if failure.at - since >= FAILS_FOR:
            return noted.disabled(DisabledReason.FAILING, failure.at)
        last = self.last_failure
        known = last is not None and failure.at - last.at < FAILURE_NOTED_EVERY
        is_news = self.failing_since is None or not known or until != self.paused_until
        return replace(noted, version=self.version + 1) if is_news else self

    def is_down(self, now: datetime) -> bool:
        """Say whether it has taken nothing for minutes, and failed again just now."""
        if self.failing_since is None or self.last_failure is None:
            return False
        has_been = now - self.failing_since >= DOWN_AFTER
        return has_been and now - self.last_failure.at < FAILURE_NOTED_EVERY

    def pause(self, now: datetime) -> timedelta:
        """Return for how long it is still to be left alone; zero: it may be called."""
        return max(self.paused_until - now, timedelta()) if self.paused_until else timedelta()

    def worked(self) -> WebhookEndpoint:
        """Return the endpoint after it took an event; itself where that is no news."""
        return self if self.failing_since is None else self._next(**NOTHING_FAILED)

    def changed(self, **fields: object) -> WebhookEndpoint:
        """Return the endpoint with other fields; itself where they are the same.

        Another address hasn't failed yet, nor asked for a pause.
        """
        if all(getattr(self, name) == value for name, value in fields.items()):
            return self
        moved = fields.get("url", self.url) != self.url
        return self._next(**fields, **(NOTHING_FAILED if moved else {}))

    def _next(self, **fields: object) -> WebhookEndpoint:
        return replace(self, version=self.version + 1, **fields)  # type: ignore[arg-type] # the fields' own types
