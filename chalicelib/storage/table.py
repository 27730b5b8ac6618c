"""The table's calls, on items: single, batched, in one transaction, and page by page.

Nothing is opened before the first call. Region, endpoint and credentials are botocore's business
(`AWS_ENDPOINT_URL` included). PynamoDB's models want their table's name when the class is made,
so they only describe items here, and PynamoDB's connection does the calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage.batches import PATIENCE, PAUSES, groups, until_done
from chalicelib.storage.conditions import ConditionFailedError, lost_is_told, positions_failed
from chalicelib.storage.definition import table_definition
from chalicelib.storage.items import Item
from chalicelib.storage.keys import Key
from chalicelib.storage.making_out import item_of

Raw = dict[str, Any]
CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0
ATTEMPTS = 4
GET_AT_ONCE = 100
PUT_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Put:
    """Put an item where the condition holds."""

    item: Item
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an item where the condition holds."""

    key: Key
    condition: Condition


class Table:
    """One table by name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.connection = Connection(
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            retry_configuration={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )
        self.connection.add_meta_table(MetaTable(table_definition(name)))

    def get(self, key: Key) -> Item | None:
        """Return an item by a strongly consistent read. Raises UnreadableRecordError."""
        raw = self.get_raw(key)
        return item_of(raw) if raw else None

    def get_raw(self, key: Key) -> Raw | None:
        """Return an item as DynamoDB has it, by a strongly consistent read."""
        answer = self.connection.get_item(self.name, key.pk, key.sk, consistent_read=True)
        raw: Raw | None = answer.get("Item")
        return raw

    def get_many(self, wanted: Iterable[Key], *, consistent: bool) -> dict[Key, Item]:
        """Return the items that exist among many. Raises UnreadableRecordError."""
        found: dict[Key, Item] = {}
        for group in groups(dict.fromkeys(wanted), GET_AT_ONCE):
            for raw in self._get_group([key.attributes for key in group], consistent=consistent):
                item = item_of(raw)
                found[item.key] = item
        return found

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """Put an item where the condition holds. Raises ConditionFailedError."""
        with lost_is_told():
            self.connection.put_item(
                self.name, item.pk, item.sk, attributes=item.serialize(), condition=condition
            )

    def update(
        self, key: Key, actions: Sequence[Action], condition: Condition | None = None
    ) -> Item:
        """Change or make an item where the condition holds, and return it as it is then.

        Raises ConditionFailedError.
        """
        with lost_is_told():
            answer = self.connection.update_item(
                self.name,
                key.pk,
                key.sk,
                actions=actions,
                condition=condition,
                return_values="ALL_NEW",
            )
        return Item.from_raw_data(answer["Attributes"])

    def delete(self, key: Key, condition: Condition | None = None) -> None:
        """Delete an item where the condition holds, if it is there. Raises ConditionFailedError."""
        with lost_is_told():
            self.connection.delete_item(self.name, key.pk, key.sk, condition=condition)

    def put_all(self, items: Iterable[Item]) -> None:
        """Put items, each for itself and without condition."""
        for group in groups({item.key: item for item in items}.values(), PUT_AT_ONCE):
            self._put_group([item.serialize() for item in group], PAUSES)

    def put_back(self, raws: Iterable[Raw]) -> None:
        """Put items as an export has them (DynamoDB's JSON), each for itself."""
        for group in groups(raws, PUT_AT_ONCE):
            self._put_group(group, PATIENCE)

    def write(self, puts: Sequence[Put], deletes: Sequence[Delete]) -> None:
        """Write all or nothing. Raises ConditionFailedError with positions in `puts + deletes`.

        Every attempt of botocore's carries the same token, so that an answer that was lost can't
        make the same transaction fail against itself. Of one that stays under way nobody knows
        what it wrote, and TransactWriteError says so: it isn't called lost.
        """
        try:
            self.connection.transact_write_items(
                condition_check_items=(),
                delete_items=[self._delete(delete) for delete in deletes],
                put_items=[self._put(put) for put in puts],
                update_items=(),
            )
        except TransactWriteError as error:
            if failed := positions_failed(error, len(puts), len(deletes)):
                raise ConditionFailedError(failed) from error
            raise

    def query(
        self,
        partition: str,
        sort: Condition | None,
        *,
        index: str | None = None,
        newest_first: bool = False,
        consistent: bool = False,
        limit: int | None = None,
    ) -> Iterator[Raw]:
        """Yield what a partition holds, in order, reading on page by page as it is consumed."""
        start: Raw | None = None
        while True:
            page = self.query_page(
                partition,
                sort,
                index=index,
                newest_first=newest_first,
                consistent=consistent,
                limit=limit,
                start=start,
            )
            yield from page["Items"]
            start = page.get("LastEvaluatedKey")
            if not start:
                return

    def query_page(
        self,
        partition: str,
        sort: Condition | None,
        *,
        index: str | None = None,
        newest_first: bool = False,
        consistent: bool = False,
        limit: int | None = None,
        start: Raw | None = None,
    ) -> Raw:
        """Return one page as DynamoDB answers it."""
        return self.connection.query(
            self.name,
            partition,
            range_key_condition=sort,
            index_name=index,
            scan_index_forward=not newest_first,
            consistent_read=consistent,
            limit=limit,
            exclusive_start_key=start,
        )

    def _put(self, put: Put) -> Raw:
        return self.connection.get_operation_kwargs(
            self.name,
            put.item.pk,
            put.item.sk,
            key="Item",
            attributes=put.item.serialize(),
            condition=put.condition,
        )

    def _delete(self, delete: Delete) -> Raw:
        return self.connection.get_operation_kwargs(
            self.name, delete.key.pk, delete.key.sk, condition=delete.condition
        )

    def _get_group(self, group: Sequence[Raw], *, consistent: bool) -> list[Raw]:
        found: list[Raw] = []

        def attempt(left: Sequence[Raw]) -> Sequence[Raw]:
            wanted: Any = left  # annotated as texts, which only fits tables without a sort key
            answer = self.connection.batch_get_item(self.name, wanted, consistent_read=consistent)
            found.extend(answer["Responses"].get(self.name, []))
            unread: Raw = answer.get("UnprocessedKeys", {}).get(self.name, {})
            return list(unread.get("Keys", []))

        until_done(attempt, group, PAUSES)
        return found

    def _put_group(self, group: Sequence[Raw], pauses: Sequence[float]) -> None:
        def attempt(left: Sequence[Raw]) -> Sequence[Raw]:
            answer = self.connection.batch_write_item(self.name, put_items=left)
            unwritten = answer.get("UnprocessedItems", {}).get(self.name, [])
            return [request["PutRequest"]["Item"] for request in unwritten]

        until_done(attempt, group, pauses)
