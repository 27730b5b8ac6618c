"""Events. The one that tells of a new communication is listed apart, so that the creditor's list
of communications needs no index entry of its own."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.storage import keys
from chalicelib.storage.items import EventItem


def to_record(event: Event) -> EventItem:
    """Return the item of an event."""
    key = keys.child(event.tenant, ids.EVENT, event.id)
    list_of = keys.new_communications_list if _tells_of_new(event) else keys.events_list
    return EventItem(
        pk=key.pk,
        sk=key.sk,
        list_pk=list_of(event.tenant),
        list_sk=keys.position(ids.EVENT, event.id),
        type=event.type,
        object_id=event.object_id,
        at=event.at,
        by=event.by,
        why=event.why,
        data=event.data or None,
    )


def from_record(item: EventItem) -> Event:
    """Return the event of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Event(
        id=keys.identifier(ids.EVENT, item.key),
        tenant=tenant,
        customer_id=customer_id,
        type=item.type,
        object_id=item.object_id,
        at=item.at,
        by=item.by,
        why=item.why,
        data=item.data or {},
    )


def _tells_of_new(event: Event) -> bool:
    prefix, _, _ = event.object_id.partition("_")
    return prefix == ids.COMMUNICATION and event.id == ids.sibling(event.object_id, ids.EVENT)
