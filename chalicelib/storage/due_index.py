"""The due index: sparse, so that it holds what is to be done and nothing else.

Reading it costs by what is due, whatever is stored. The mark of a partition is an item of its
own, moved by compare-and-set.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pynamodb.expressions.operand import Path

from chalicelib.domain import ids
from chalicelib.ports.due import DueDelivery, DueEntry, DuePage
from chalicelib.storage import configuration_keys, keys, webhook_keys
from chalicelib.storage.attributes import instant, microseconds
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import MarkItem
from chalicelib.storage.table import Table

PAGE = 1000

Raw = dict[str, Any]


class TableDueIndex:
    """The DueIndex port on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueEntry]:
        found, further = self._between(partition, after, until, start)
        return DuePage(tuple(entry_of(raw) for raw in found), further)

    def deliveries(
        self, partition: str, *, after: datetime | None, until: datetime, start: str | None = None
    ) -> DuePage[DueDelivery]:
        found, further = self._between(partition, after, until, start)
        return DuePage(tuple(delivery_of(raw) for raw in found), further)

    def mark(self, partition: str) -> datetime | None:
        item = self._table.get(configuration_keys.mark(partition))
        return item.handed_over if isinstance(item, MarkItem) else None

    def move_mark(self, partition: str, *, before: datetime | None, after: datetime) -> bool:
        key = configuration_keys.mark(partition)
        unmoved = MarkItem.pk.does_not_exist() if before is None else MarkItem.handed_over == before
        try:
            self._table.put(MarkItem(pk=key.pk, sk=key.sk, handed_over=after), unmoved)
        except ConditionFailedError:
            return False
        return True

    def _between(
        self, partition: str, after: datetime | None, until: datetime, start: str | None
    ) -> tuple[list[Raw], str | None]:
        """Return the items that are due then, and where they go on."""
        due_at = Path(keys.DUE_AT)
        last = microseconds(until)
        if after is not None and after >= until:
            return [], None
        first = microseconds(after) + 1 if after is not None else None
        found = self._table.query_page(
            partition,
            due_at <= last if first is None else due_at.between(first, last),
            index=keys.DUE_INDEX,
            limit=PAGE,
            start=json.loads(start) if start else None,
        )
        further = found.get("LastEvaluatedKey")
        return found["Items"], json.dumps(further) if further else None


def entry_of(raw: Raw) -> DueEntry:
    """Return what an item of the index says is due of a case."""
    key = keys.Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"])
    tenant, customer_id = keys.owner(key.pk)
    channel = raw.get(keys.DUE_CHANNEL, {"S": ""})["S"]
    due_at = instant(int(raw[keys.DUE_AT]["N"]))
    return DueEntry(tenant, customer_id, channel, due_at, keys.identifier(ids.CASE, key))


def delivery_of(raw: Raw) -> DueDelivery:
    """Return what an item of the index says is owed. Raises ValueError for what is no delivery."""
    key = keys.Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"])
    owed = webhook_keys.owed(key)
    if owed is None:
        raise ValueError(f"{key.pk} is no key of a delivery")
    return DueDelivery(*owed, instant(int(raw[keys.DUE_AT]["N"])))
