"""The feed of events and the timelines of customers, whole or of one type of event.

The feed is three lists merged: events that tell of new customers, of new communications, and all
others. An entry carries the event's type behind its position, so a page of one type is found on
the index's keys, a few hundred at a time, and only its own events are fetched. Types aren't sorted
apart, so a page looks through LOOKED_THROUGH events at most, however rare the type is; then it
ends early and says up to where it looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.lists import LOOKED_THROUGH
from chalicelib.ports.storage import Cursor, Page
from chalicelib.storage import keys
from chalicelib.storage.items import EventItem, Item
from chalicelib.storage.keys import Key
from chalicelib.storage.mapping import event as events
from chalicelib.storage.strands import Strand, page_of, walk
from chalicelib.storage.table import Table

T = TypeVar("T")
LOOKED_AT_ONCE = 200
"""How many are read per query when one type is looked for."""


def feed_page(table: Table, tenant: Tenant, cursor: Cursor, of_type: str | None) -> Page[Event]:
    """Return a page of a tenant's events: index queries, then one batch."""
    strands = [Strand(each) for each in keys.feed(tenant, of_type)]
    beyond = cursor.before or cursor.after
    bound = keys.position(ids.EVENT, beyond) if beyond else None
    walked = walk(table, strands, cursor, bound, at_once=_at_once(of_type))

    def fits(raw: dict[str, Any]) -> bool:
        return keys.type_in(raw[keys.LIST_SORT]["S"]) == of_type

    if of_type is None:
        found = page_of(walked, cursor)
    else:
        found = _sift(walked, cursor, fits, lambda raw: keys.identifier(ids.EVENT, _key(raw)))
    at = [_key(raw) for raw in found.data]
    items = table.get_many(at, consistent=False)
    data = tuple(_event(items[key]) for key in at if key in items)
    return Page(data, found.has_more, found.searched_to)


def timeline_page(
    table: Table, tenant: Tenant, customer_id: str, cursor: Cursor, of_type: str | None
) -> Page[Event]:
    """Return a page of a customer's events: one query in their partition."""
    strand = Strand(keys.partition(tenant, customer_id), keys.EVENT)
    beyond = cursor.before or cursor.after
    bound = ids.parse(ids.EVENT, beyond).own if beyond else None
    walked = walk(table, [strand], cursor, bound, at_once=_at_once(of_type))
    found = (_event(Item.from_raw_data(raw)) for raw in walked)
    if of_type is None:
        return page_of(found, cursor)
    return _sift(found, cursor, lambda event: event.type == of_type, lambda event: event.id)


def event(table: Table, tenant: Tenant, event_id: str) -> Event | None:
    """Return an event by its id; strong."""
    if not keys.names(ids.EVENT, event_id):
        return None
    item = table.get(keys.child(tenant, ids.EVENT, event_id))
    return _event(item) if item else None


def told(table: Table, events: Iterable[Event]) -> frozenset[str]:
    """Return the ids of those events that are stored: batches of a hundred, strong."""
    wanted = {keys.child(event.tenant, ids.EVENT, event.id): event.id for event in events}
    return frozenset(wanted[key] for key in table.get_many(wanted, consistent=True))


def _sift(
    found: Iterable[T], cursor: Cursor, fits: Callable[[T], bool], name: Callable[[T], str]
) -> Page[T]:
    """Cut a page out of what fits among the next LOOKED_THROUGH.

    It is searched up to the last one before the next page's first, or to where the looking ended.
    """
    taken: list[T] = []
    searched_to, more = cursor.before or cursor.after, False
    for count, each in enumerate(found):
        fitting = fits(each)
        more = count == LOOKED_THROUGH or (fitting and len(taken) == cursor.limit)
        if more:
            break
        if fitting:
            taken.append(each)
        searched_to = name(each)
    if cursor.before is not None:
        taken.reverse()
    return Page(tuple(taken), more, searched_to)


def _at_once(of_type: str | None) -> int | None:
    return None if of_type is None else LOOKED_AT_ONCE


def _key(raw: dict[str, Any]) -> Key:
    return Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"])


def _event(item: Item) -> Event:
    if not isinstance(item, EventItem):
        raise TypeError(f"{item.kind} is no event")
    return events.from_record(item)
