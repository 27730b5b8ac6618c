"""What creditors set up: who they are, their sequences, their own texts and their API keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.access import ApiKey
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.event import Event
from chalicelib.domain.own_template import OwnTemplate, TemplateName, Words
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.segments import Segments
from chalicelib.ports.storage import Cursor, Page


class OwnTemplates(Protocol):
    """Creditors' own texts of messages."""

    def own_words(self, tenant: Tenant, channel: str, message: str) -> Mapping[str, Words]:
        """Return the own texts of a message on a channel by language, as of a minute ago at most.

        They are read once a minute, all of a tenant together: no reminder costs a read for them.
        """

    def own_template(self, tenant: Tenant, name: TemplateName) -> OwnTemplate | None:
        """Return one as it is stored now; strong."""

    def own_templates(self, tenant: Tenant) -> tuple[OwnTemplate, ...]:
        """Return all as they are stored now, by channel, message and language; strong."""

    def save_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        """Store a text with the event that tells of it, all or nothing.

        Raises WriteConflictError unless the version before it (for 1: none) is what is stored.
        """

    def drop_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        """Delete a text with the event that tells of it, all or nothing.

        Raises WriteConflictError unless that version is what is stored.
        """


class Configuration(OwnTemplates, Segments, Protocol):
    """Creditors, sequences and keys. Adapters may cache what doesn't change for a minute."""

    def creditor(self, creditor_id: str) -> Creditor | None: ...
    def creditors(self) -> tuple[str, ...]:
        """Return the ids of all creditors."""

    def save_creditor(self, creditor: Creditor, events: Iterable[Event] = ()) -> None:
        """Store a creditor with the events that tell of it, all or nothing."""

    def sequence(
        self, tenant: Tenant, sequence_id: str, version: int | None = None
    ) -> Sequence | None:
        """Return a version of a sequence, the newest without `version`."""

    def add_sequence(self, tenant: Tenant, sequence: Sequence, event: Event | None = None) -> None:
        """Store a new version with the event that tells of it, or raise WriteConflictError."""

    def sequences_page(self, tenant: Tenant, cursor: Cursor) -> Page[Sequence]: ...
    def api_key(self, tenant: Tenant, digest: str) -> ApiKey | None: ...
    def api_keys(self, tenant: Tenant) -> tuple[ApiKey, ...]: ...
    def save_api_key(
        self, key: ApiKey, event: Event | None = None, *, read: ApiKey | None = None
    ) -> None:
        """Store a key with the event that tells of it, all or nothing.

        Raises WriteConflictError where it is revoked and would no longer be; with `read`, where it
        was revoked or rotated since.
        """

    def note_use(self, key: ApiKey, at: datetime) -> None:
        """Note when the key was used, unless somebody just did (USE_NOTED_EVERY)."""
