"""The events of what is set up: creditors, sequences, API keys, webhook endpoints, own texts.

Each is stored with what it tells of, all or nothing. None holds a secret.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.access import ApiKey
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change
from chalicelib.domain.event import Event
from chalicelib.domain.own_template import OwnTemplate, TemplateName
from chalicelib.domain.segment import Segment
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.webhook_endpoint import WebhookEndpoint

IN_THE_FILE = {"payments_known_within": "payments_known_within_hours"}
"""What a creditor's file calls a field that has another name here: it says its unit."""


def event_of_sequence(tenant: Tenant, sequence: Sequence, change: Change, at: datetime) -> Event:
    """Return what tells of a version: who stored it, why, and when (UTC)."""
    return Event(
        id=_identifier(at, tenant.key, sequence.id, str(sequence.version)),
        tenant=tenant,
        customer_id=None,
        type="sequence.created" if sequence.version == 1 else "sequence.changed",
        object_id=sequence.id,
        at=at,
        by=change.by,
        why=change.why,
        data={"name": sequence.name, "version": sequence.version},
    )


def events_of_creditor(
    before: Creditor | None, after: Creditor, change: Change, at: datetime
) -> tuple[Event, ...]:
    """Return what tells of a creditor, in each mode's feed: which fields were changed, if any,
    by their names in the creditor's file.

    Where it was there before and nothing changed, there is nothing to tell.
    """
    changed = [
        IN_THE_FILE.get(field.name, field.name)
        for field in fields(Creditor)
        if before and getattr(before, field.name) != getattr(after, field.name)
    ]
    if before and not changed:
        return ()
    kind = "creditor.updated" if before else "creditor.created"
    data: dict[str, Any] = {"changed": changed} if before else {"name": after.name}
    return tuple(_told(Tenant(after.id, mode), kind, after.id, change, at, data) for mode in Mode)


def event_of_key(before: ApiKey | None, after: ApiKey, change: Change, at: datetime) -> Event:
    """Return what tells that a key was issued, put out of place by another, or revoked."""
    ends = after.expires_at.isoformat() if after.expires_at else None
    if before is None:
        kind, data = "api_key.issued", {"scopes": sorted(after.scopes), "expires_at": ends}
    elif after.revoked_at:
        kind, data = "api_key.revoked", {}
    else:
        kind, data = "api_key.rotated", {"replaced_by": after.replaced_by, "expires_at": ends}
    return _told(after.tenant, kind, after.id, change, at, data)


def event_of_endpoint(
    kind: str, endpoint: WebhookEndpoint, change: Change, at: datetime, **data: object
) -> Event:
    """Return what tells of an endpoint: `kind` is what happened to it, in the past tense.

    Its address isn't told, since some services put a secret into it.
    """
    return _told(endpoint.tenant, f"webhook_endpoint.{kind}", endpoint.id, change, at, data)


def event_of_template(
    tenant: Tenant, name: TemplateName, after: OwnTemplate | None, change: Change, at: datetime
) -> Event:
    """Return what tells of a creditor's own text, with all that it says; None: of its end."""
    data: dict[str, Any] = {
        "message": name.message,
        "channel": name.channel,
        "locale": name.locale,
    }
    if after is None:
        return _told(tenant, "template.reset", str(name), change, at, data)
    data |= {"version": after.version, "subject": after.words.subject, "text": after.words.text}
    return _told(tenant, "template.changed", str(name), change, at, data)


def event_of_segment(
    tenant: Tenant, kind: str, segment: Segment, change: Change, at: datetime
) -> Event:
    """Return what tells of a segment: `kind` is what happened to it, in the past tense."""
    data = {
        "name": segment.name,
        "version": segment.version,
        "rank": segment.rank,
        "sequence": segment.sequence,
    }
    return _told(tenant, f"segment.{kind}", segment.id, change, at, data)


def _told(
    tenant: Tenant, kind: str, object_id: str, change: Change, at: datetime, data: dict[str, Any]
) -> Event:
    return Event(
        id=_identifier(at, tenant.key, object_id, kind, at.isoformat()),
        tenant=tenant,
        customer_id=None,
        type=kind,
        object_id=object_id,
        at=at,
        by=change.by,
        why=change.why,
        data=data,
    )


def _identifier(at: datetime, *facts: str) -> str:
    own = ids.part(at, ids.meaning(*facts))
    return ids.child_id(ids.EVENT, ids.customer_id(ids.NOBODY), own)
