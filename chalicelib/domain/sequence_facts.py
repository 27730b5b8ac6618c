"""The event of a new version of a sequence. It is stored with the version, all or nothing."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.event import Event
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant


def event_of_sequence(tenant: Tenant, sequence: Sequence, change: Change, at: datetime) -> Event:
    """Return what tells of a version: who stored it, why, and when (UTC)."""
    own = ids.part(at, ids.meaning(tenant.key, sequence.id, str(sequence.version)))
    return Event(
        id=ids.child_id(ids.EVENT, ids.customer_id(ids.NOBODY), own),
        tenant=tenant,
        customer_id=None,
        type="sequence.created" if sequence.version == 1 else "sequence.changed",
        object_id=sequence.id,
        at=at,
        by=change.by,
        why=change.why,
        data={"name": sequence.name, "version": sequence.version},
    )
