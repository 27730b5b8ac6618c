"""Events. Those that tell of a new customer or communication are listed apart, so that the lists
of customers and communications need no index entries of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.domain.facts import event_of_new
from chalicelib.storage import keys
from chalicelib.storage.items import EventItem, Item


def to_record(event: Event) -> EventItem:
    """Return the item of an event."""
    key = keys.child(event.tenant, ids.EVENT, event.id)
    return EventItem(
        pk=key.pk,
        sk=key.sk,
        list_pk=_list_of(event),
        list_sk=keys.told_at(event.id, event.type),
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
        customer_id=None if customer_id == ids.customer_id(ids.NOBODY) else customer_id,
        type=item.type,
        object_id=item.object_id,
        at=item.at,
        by=item.by,
        why=item.why,
        data=item.data or {},
    )


def event_in(image: Mapping[str, Any] | None) -> Event | None:
    """Return the event in an image of the table's stream (DynamoDB's JSON), None for others."""
    if image is None or "kind" not in image:
        return None
    item = Item.from_raw_data(dict(image))
    return from_record(item) if isinstance(item, EventItem) else None


def _list_of(event: Event) -> str:
    if event.id == event_of_new(event.object_id):
        return keys.new_list(event.tenant, event.object_id.partition("_")[0])
    return keys.events_list(event.tenant)
