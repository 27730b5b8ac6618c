"""Communications. Their parts are lines of fields, with the case cut down to its own part."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.communication import Communication, CommunicationStatus, Direction
from chalicelib.domain.decisions import Part, Reason
from chalicelib.storage import keys
from chalicelib.storage.items import CommunicationItem
from chalicelib.storage.mapping.common import SEPARATOR, change_of, stamp


def to_record(communication: Communication) -> CommunicationItem:
    """Return the item of a communication."""
    key = keys.child(communication.tenant, ids.COMMUNICATION, communication.id)
    return CommunicationItem(
        **stamp(communication, key),
        channel=communication.channel,
        status=communication.status,
        parts=tuple(_write_part(part) for part in communication.parts),
        template=communication.template,
        locale=communication.locale,
        to=communication.to,
        subject=communication.subject,
        amounts=communication.amounts,
        created_at=communication.created_at,
        direction=communication.direction,
        reason=communication.reason,
        provider_id=communication.provider_id,
        sent_at=communication.sent_at,
        text=communication.text,
        about=communication.about,
    )


def from_record(item: CommunicationItem) -> Communication:
    """Return the communication of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Communication(
        id=keys.identifier(ids.COMMUNICATION, item.key),
        tenant=tenant,
        customer_id=customer_id,
        channel=item.channel,
        status=CommunicationStatus(item.status),
        parts=tuple(_read_part(line, customer_id) for line in item.parts),
        template=item.template,
        locale=item.locale,
        to=item.to,
        subject=item.subject,
        amounts=item.amounts,
        created_at=item.created_at,
        direction=Direction(item.direction),
        reason=item.reason,
        provider_id=item.provider_id,
        sent_at=item.sent_at,
        text=item.text,
        about=item.about,
        version=item.version,
        change=change_of(item),
    )


def _write_part(part: Part) -> str:
    own = ids.parse(ids.CASE, part.case_id).own
    return SEPARATOR.join((own, part.reason, part.step))


def _read_part(line: str, customer_id: str) -> Part:
    own, reason, step = line.split(SEPARATOR, 2)
    return Part(ids.child_id(ids.CASE, customer_id, own), step, Reason(reason))
