"""Creditors, versions of sequences, and API keys; own texts are beside (own_templates.py).

A version of a sequence never changes, so it is kept for the life of the process; a creditor is
kept for a minute. So a reminder reads neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from pynamodb.expressions.operand import Path

from chalicelib.domain.access import USE_NOTED_EVERY, ApiKey
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.event import Event
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.kept import Kept
from chalicelib.ports.storage import Cursor, Page, WriteConflictError
from chalicelib.ports.world import Clock
from chalicelib.storage import configuration_keys, keys
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import (
    ApiKeyItem,
    CreditorItem,
    Item,
    ListedCreditorItem,
    SequenceItem,
)
from chalicelib.storage.making_out import item_of
from chalicelib.storage.mapping.event import to_record
from chalicelib.storage.own_templates import TableOwnTemplates
from chalicelib.storage.segments import TableSegments
from chalicelib.storage.table import Put, Table

CREDITOR_KEPT_FOR = timedelta(minutes=1)


class TableConfiguration(TableOwnTemplates, TableSegments):
    """The Configuration port on DynamoDB. `clock` is the wall clock, by which creditors age."""

    def __init__(self, table: Table, clock: Clock) -> None:
        super().__init__(table, clock)
        self._creditors: Kept[str, Creditor | None] = Kept(clock, CREDITOR_KEPT_FOR)
        self._sequences: dict[tuple[Tenant, str, int], Sequence] = {}

    def creditor(self, creditor_id: str) -> Creditor | None:
        creditor = self._creditors.get(creditor_id, lambda: self._read_creditor(creditor_id))
        if creditor is None:
            self._creditors.forget(creditor_id)  # made-up ids would fill the memory
        return creditor

    def creditors(self) -> tuple[str, ...]:
        found = self._table.query(configuration_keys.CREDITORS, None, consistent=True)
        return tuple(raw[keys.SORT]["S"] for raw in found)

    def save_creditor(self, creditor: Creditor, events: Iterable[Event] = ()) -> None:
        key, entry = (
            configuration_keys.creditor(creditor.id),
            configuration_keys.listed_creditor(creditor.id),
        )
        self._table.put(ListedCreditorItem(pk=entry.pk, sk=entry.sk))  # listed before it is there
        self._write(Put(CreditorItem(pk=key.pk, sk=key.sk, body=creditor), None), events)
        self._creditors.put(creditor.id, creditor)

    def sequence(
        self, tenant: Tenant, sequence_id: str, version: int | None = None
    ) -> Sequence | None:
        if version is None:
            return self._newest(tenant, sequence_id)
        known = self._sequences.get((tenant, sequence_id, version))
        if known:
            return known
        item = self._table.get(configuration_keys.sequence(tenant, sequence_id, version))
        return self._keep(tenant, item) if item else None

    def add_sequence(self, tenant: Tenant, sequence: Sequence, event: Event | None = None) -> None:
        key = configuration_keys.sequence(tenant, sequence.id, sequence.version)
        item = SequenceItem(pk=key.pk, sk=key.sk, body=sequence)
        try:
            self._write(Put(item, SequenceItem.pk.does_not_exist()), [event] if event else [])
        except ConditionFailedError as lost:
            raise WriteConflictError(sequence.id) from lost

    def sequences_page(self, tenant: Tenant, cursor: Cursor) -> Page[Sequence]:
        taken = list(islice(self._walk(tenant, cursor), cursor.limit + 1))
        data = taken[: cursor.limit]
        if cursor.before is not None:
            data.reverse()
        return Page(tuple(data), len(taken) > cursor.limit)

    def api_key(self, tenant: Tenant, digest: str) -> ApiKey | None:
        item = self._table.get(configuration_keys.api_key(tenant, digest))
        return _key(item) if isinstance(item, ApiKeyItem) else None

    def api_keys(self, tenant: Tenant) -> tuple[ApiKey, ...]:
        begins = Path(keys.SORT).startswith(configuration_keys.API_KEY)
        found = self._table.query(keys.configuration(tenant), begins, consistent=True)
        items = map(Item.from_raw_data, found)
        own = (_key(item) for item in items if isinstance(item, ApiKeyItem))
        return tuple(sorted(own, key=lambda key: key.id))

    def save_api_key(
        self, key: ApiKey, event: Event | None = None, *, read: ApiKey | None = None
    ) -> None:
        at = configuration_keys.api_key(key.tenant, key.digest)
        item = ApiKeyItem(
            pk=at.pk,
            sk=at.sk,
            body=replace(key, last_used_at=None),
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            replaced_by=key.replaced_by,
        )
        not_revoked = ApiKeyItem.revoked_at.does_not_exist()
        not_rotated = ApiKeyItem.replaced_by.does_not_exist()
        if read and read.revoked_at is None:
            same = ApiKeyItem.replaced_by == read.replaced_by if read.replaced_by else not_rotated
            condition = not_revoked & same
        else:
            condition = not_revoked if key.revoked_at is None else None
        try:
            self._write(Put(item, condition), [event] if event else [])
        except ConditionFailedError as lost:
            raise WriteConflictError(key.id) from lost

    def note_use(self, key: ApiKey, at: datetime) -> None:
        still_there = ApiKeyItem.pk.exists()
        not_just_noted = (
            ApiKeyItem.last_used_at.does_not_exist()
            | (ApiKeyItem.last_used_at <= at - USE_NOTED_EVERY)
        )  # fmt: skip
        try:
            self._table.update(
                configuration_keys.api_key(key.tenant, key.digest),
                [ApiKeyItem.last_used_at.set(at)],
                still_there & not_just_noted,
            )
        except ConditionFailedError:
            return  # another process noted it

    def _write(self, put: Put, told: Iterable[Event]) -> None:
        """Put what is set up with the events that tell of it. Raises ConditionFailedError."""
        self._table.write([put, *(Put(to_record(event), None) for event in told)], [])

    def _read_creditor(self, creditor_id: str) -> Creditor | None:
        item = self._table.get(configuration_keys.creditor(creditor_id))
        return item.body if isinstance(item, CreditorItem) else None

    def _newest(self, tenant: Tenant, sequence_id: str) -> Sequence | None:
        found = self._table.query_page(
            keys.configuration(tenant),
            Path(keys.SORT).startswith(configuration_keys.versions(sequence_id)),
            newest_first=True,
            consistent=True,
            limit=1,
        )["Items"]
        return self._keep(tenant, item_of(found[0])) if found else None

    def _keep(self, tenant: Tenant, item: Item) -> Sequence | None:
        if not isinstance(item, SequenceItem):
            return None
        self._sequences[tenant, item.body.id, item.body.version] = item.body
        return item.body

    def _walk(self, tenant: Tenant, cursor: Cursor) -> Iterator[Sequence]:
        """Yield the newest version of each sequence, away from the cursor.

        The query leaps from one sequence to the next, so old versions aren't read.
        """
        sort = Path(keys.SORT)
        lowest, highest = configuration_keys.SEQUENCE, configuration_keys.versions("~")
        if cursor.after:
            highest = configuration_keys.versions(cursor.after)
        if cursor.before:
            lowest = configuration_keys.versions(cursor.before) + "~"
        newest_first = cursor.before is None
        while True:
            page = self._table.query_page(
                keys.configuration(tenant),
                sort.between(lowest, highest),
                newest_first=newest_first,
                limit=1,
            )
            if not page["Items"]:
                return
            sequence_id = page["Items"][0][keys.SORT]["S"].split("#")[1]
            newest = self._newest(tenant, sequence_id)
            if newest:
                yield newest
            if newest_first:
                highest = configuration_keys.versions(sequence_id)
            else:
                lowest = configuration_keys.versions(sequence_id) + "~"


def _key(item: ApiKeyItem) -> ApiKey:
    return replace(item.body, last_used_at=item.last_used_at)
