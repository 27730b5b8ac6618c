"""Places of tasks in the views of the worklist: an item each, found by the list index by rank.

The index holds keys only, so a page is one query, and one batch each for the places and the tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.domain import ids
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.domain.worklist import Place, View
from chalicelib.ports.storage import Cursor, Page
from chalicelib.ports.worklist import RankedTask
from chalicelib.storage import keys, worklist_keys
from chalicelib.storage.items import Item, PlaceItem
from chalicelib.storage.keys import Key
from chalicelib.storage.making_out import item_of
from chalicelib.storage.mapping import from_record
from chalicelib.storage.strands import Strand, page_of, walk
from chalicelib.storage.table import Table


class TableWorklist:
    """The Worklist port on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def places(self, tenant: Tenant, customer_id: str) -> tuple[Place, ...]:
        partition = worklist_keys.places(tenant, customer_id)
        items = (item_of(raw) for raw in self._table.query(partition, None, consistent=True))
        return tuple(_place(item) for item in items if isinstance(item, PlaceItem))

    def exchange(self, gone: Iterable[Place], new: Iterable[Place]) -> None:
        self._table.put_all(_item(place) for place in new)
        for place in gone:
            self._table.delete(_key(place))

    def page(
        self, tenant: Tenant, view: View, currency: str | None, cursor: Cursor
    ) -> Page[RankedTask] | None:
        listed = worklist_keys.view_list(tenant, view, currency)
        bound = None
        if beyond := cursor.before or cursor.after:
            bound = self._rank(worklist_keys.place(tenant, view, beyond), listed)
            if bound is None:
                return None
        walked = walk(self._table, [Strand(listed)], cursor, bound)
        found = page_of(
            (Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"]) for raw in walked), cursor
        )
        return Page(self._tasks(tenant, found.data), found.has_more)

    def _rank(self, key: Key, listed: str) -> str | None:
        item = self._table.get(key)
        if not isinstance(item, PlaceItem) or item.list_pk != listed:
            return None
        return item.list_sk

    def _tasks(self, tenant: Tenant, at: Sequence[Key]) -> tuple[RankedTask, ...]:
        items = self._table.get_many(at, consistent=False)
        places = [item for key in at if isinstance(item := items.get(key), PlaceItem)]
        stored = self._table.get_many(
            [keys.child(tenant, ids.TASK, each.task) for each in places], consistent=False
        )
        tasks = {key: from_record(item) for key, item in stored.items()}
        found = [(tasks.get(keys.child(tenant, ids.TASK, each.task)), each) for each in places]
        return tuple(
            RankedTask(task, each.risk)
            for task, each in found
            if isinstance(task, Task) and task.status is TaskStatus.OPEN
        )


def _key(place: Place) -> Key:
    return worklist_keys.place(place.tenant, place.view, place.task_id)


def _item(place: Place) -> Item:
    key = _key(place)
    return PlaceItem(
        pk=key.pk,
        sk=key.sk,
        list_pk=worklist_keys.view_list(place.tenant, place.view, place.currency),
        list_sk=worklist_keys.rank(place.rank, place.task_id),
        task=place.task_id,
        risk=place.risk,
    )


def _place(item: PlaceItem) -> Place:
    return Place(
        tenant=tenant_of(item.pk.partition("#")[0]),
        customer_id=ids.owner_of(item.task),
        task_id=item.task,
        view=View(item.sk.partition("#")[0]),
        rank=worklist_keys.rank_in(item.list_sk),
        risk=item.risk,
    )
