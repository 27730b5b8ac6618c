"""Segments: the ones that apply and their versions, one item each, in the tenant's configuration.

Those that apply are read all together, by one strong query, whenever they decide. Whoever changes
one does so by compare-and-set, in one write with the version that is kept and the event.
"""

from __future__ import annotations

from pynamodb.expressions.operand import Path

from chalicelib.domain.event import Event
from chalicelib.domain.segment import Segment, ranked
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import WriteConflictError
from chalicelib.storage import keys
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import Item, SegmentItem
from chalicelib.storage.mapping.event import to_record
from chalicelib.storage.table import Delete, Put, Table

SEGMENT = "SEGMENT#"
VERSION = "SEGMENT_VERSION#"
_VERSION_DIGITS = 10


def key_of(tenant: Tenant, segment_id: str) -> keys.Key:
    """Return the key of a segment that applies."""
    return keys.Key(keys.configuration(tenant), SEGMENT + segment_id)


def key_of_version(tenant: Tenant, segment_id: str, version: int) -> keys.Key:
    """Return the key of a version that is kept."""
    sort = f"{VERSION}{segment_id}#{version:0{_VERSION_DIGITS}d}"
    return keys.Key(keys.configuration(tenant), sort)


class TableSegments:
    """The Segments port on DynamoDB."""

    _table: Table

    def segments(self, tenant: Tenant) -> tuple[Segment, ...]:
        begins = Path(keys.SORT).startswith(SEGMENT)
        found = self._table.query(keys.configuration(tenant), begins, consistent=True)
        items = map(Item.from_raw_data, found)
        return ranked(item.body for item in items if isinstance(item, SegmentItem))

    def segment(
        self, tenant: Tenant, segment_id: str, version: int | None = None
    ) -> Segment | None:
        key = key_of(tenant, segment_id)
        if version is not None:
            key = key_of_version(tenant, segment_id, version)
        item = self._table.get(key)
        return item.body if isinstance(item, SegmentItem) else None

    def save_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        at, kept = (
            key_of(tenant, segment.id),
            key_of_version(tenant, segment.id, segment.version),
        )
        absent = SegmentItem.pk.does_not_exist()
        as_before = SegmentItem.version == segment.version - 1
        condition = absent if segment.version == 1 else as_before
        puts = [
            Put(_item(at, segment), condition),
            Put(_item(kept, segment), absent),
            Put(to_record(event), None),
        ]
        self._write_segment(segment, puts, [])

    def drop_segment(self, tenant: Tenant, segment: Segment, event: Event) -> None:
        as_read = SegmentItem.version == segment.version
        gone = Delete(key_of(tenant, segment.id), as_read)
        self._write_segment(segment, [Put(to_record(event), None)], [gone])

    def _write_segment(self, segment: Segment, puts: list[Put], deletes: list[Delete]) -> None:
        try:
            self._table.write(puts, deletes)
        except ConditionFailedError as lost:
            raise WriteConflictError(segment.id) from lost


def _item(key: keys.Key, segment: Segment) -> SegmentItem:
    return SegmentItem(pk=key.pk, sk=key.sk, body=segment, version=segment.version)
