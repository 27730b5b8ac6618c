"""The ledger on the one table: single records, working files, and writes that are all or nothing.

A write is a put on the condition that the item still has the version that was read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Communication
from chalicelib.domain.event import Event
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.filed import Filed
from chalicelib.ports.storage import (
    Record,
    Reference,
    ReferenceTakenError,
    TransactionTooLargeError,
    Write,
    WriteConflictError,
    check_versions,
)
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS, items_written, moves
from chalicelib.storage import feed, keys
from chalicelib.storage.attributes import microseconds
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import Item, RecordItem, ReferenceItem
from chalicelib.storage.keys import Key
from chalicelib.storage.mapping import event as events
from chalicelib.storage.mapping import to_record
from chalicelib.storage.references import claim, release, sharing
from chalicelib.storage.singles import Singles
from chalicelib.storage.table import Delete, Put, Table
from chalicelib.storage.whole_file import read_on, read_whole_file
from chalicelib.storage.working_file import mark_lost, read_file, unmark_lost

R = TypeVar("R", bound=Record)
NEW = RecordItem.pk.does_not_exist()


class TableLedger(Singles):
    """The Ledger port on DynamoDB."""

    def __init__(self, table: Table, *, shards: int) -> None:
        super().__init__(table)
        self._shards = shards

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        if not keys.names(ids.CUSTOMER, customer_id):
            return None
        return read_file(self._table, tenant, customer_id)

    def mark_lost(self, tenant: Tenant, customer_id: str, lost: LostStretch) -> None:
        mark_lost(self._table, tenant, customer_id, lost)

    def unmark_lost(self, tenant: Tenant, customer_id: str) -> None:
        unmark_lost(self._table, tenant, customer_id)

    def due_cases(self, tenant: Tenant, customer_id: str, until: datetime) -> tuple[str, ...]:
        in_file = Item.sk.startswith(keys.UNFINISHED_CASE)
        raws = self._table.query(keys.partition(tenant, customer_id), in_file, consistent=True)
        last = microseconds(until)
        due = (raw for raw in raws if keys.DUE_AT in raw and int(raw[keys.DUE_AT]["N"]) <= last)
        at = (Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"]) for raw in due)
        return tuple(keys.identifier(ids.CASE, key) for key in at)

    def whole_file(self, tenant: Tenant, customer_id: str) -> WholeFile | None:
        if not keys.names(ids.CUSTOMER, customer_id):
            return None
        return read_whole_file(self._table, tenant, customer_id)

    def filed(
        self, tenant: Tenant, customer_id: str, *, after: str | None, limit: int
    ) -> tuple[Filed, ...]:
        if not keys.names(ids.CUSTOMER, customer_id):
            return ()
        return read_on(self._table, tenant, customer_id, after, limit)

    def event(self, tenant: Tenant, event_id: str) -> Event | None:
        return feed.event(self._table, tenant, event_id)

    def reference(self, tenant: Tenant, kind: str, value: str) -> str | None:
        item = self._table.get(keys.reference(tenant, kind, value))
        return item.target if isinstance(item, ReferenceItem) else None

    def sharing(self, tenant: Tenant, kind: str, value: str) -> tuple[str, ...]:
        return sharing(self._table, tenant, kind, value)

    def commit(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        for write in writes:
            check_versions(write)
        count = items_written(writes) + len(references) + len(released)
        if count > MAX_TRANSACTION_ITEMS:
            raise TransactionTooLargeError(f"{count} items")
        if count == 1 and writes:
            self._put(writes[0])
        elif count:
            self._transact(writes, references, released)

    def append(self, communication: Communication) -> bool:
        try:
            self._table.put(to_record(communication, shards=self._shards), NEW)
        except ConditionFailedError:
            return False  # it is there already, and may have moved on since
        return True

    def told(self, happened: Iterable[Event]) -> frozenset[str]:
        return feed.told(self._table, happened)

    def record_events(self, happened: Iterable[Event]) -> None:
        self._table.put_all(events.to_record(event) for event in happened)

    def _put(self, write: Write[Record]) -> None:
        """Put one record.

        An attempt that was repeated because its answer was lost finds its own write. The nonce
        tells that from the write of somebody else, even one that says the same.
        """
        item = self._item(write.after)
        try:
            self._table.put(item, _unchanged(write.before))
        except ConditionFailedError as lost:
            stored = self._table.get(item.key)
            if isinstance(stored, RecordItem) and stored.nonce == item.nonce:
                return
            raise WriteConflictError(write.after.id) from lost

    def _transact(
        self,
        writes: Sequence[Write[Record]],
        references: Sequence[Reference],
        released: Sequence[Reference],
    ) -> None:
        puts = [claim(reference) for reference in references]
        puts += [
            Put(self._item(write.after), NEW if moves(write) else _unchanged(write.before))
            for write in writes
        ]
        deletes = [
            Delete(_case_key(write.before), _unchanged(write.before))
            for write in writes
            if isinstance(write.before, Case) and moves(write)
        ]
        deletes += [release(reference) for reference in released]
        try:
            self._table.write(puts, deletes)
        except ConditionFailedError as lost:
            self._raise_if_taken(references, lost)
            names = (*(write.after.id for write in writes), *(each.target for each in released))
            raise WriteConflictError(", ".join(names)) from lost

    def _raise_if_taken(self, references: Sequence[Reference], lost: ConditionFailedError) -> None:
        for position, reference in enumerate(references):
            if position not in lost.failed or reference.shared:
                continue
            target = self.reference(reference.tenant, reference.kind, reference.value)
            if target not in {None, reference.target}:
                raise ReferenceTakenError(replace(reference, target=target)) from lost

    def _item(self, record: Record) -> RecordItem:
        item = to_record(record, shards=self._shards)
        item.nonce = uuid.uuid4().hex[:12]
        return item


def _unchanged(before: Record | None) -> Condition:
    """Return the condition that the stored record is still the one that was read."""
    return NEW if before is None else RecordItem.version == before.version


def _case_key(case: Case) -> Key:
    return keys.case(case.tenant, case.id, unfinished=case.is_unfinished)
