"""A ledger in memory that refuses what the table couldn't hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chalicelib.ports.storage import Record, Reference, Write
from chalicelib.storage.mapping import from_record, to_record
from tests.fakes.ledger import InMemoryLedger

LARGEST_ITEM = 400 * 1024
"""Bytes that DynamoDB stores in one item."""


class UnstorableError(Exception):
    """DynamoDB or its client would have refused the item."""


class EncodingLedger(InMemoryLedger):
    """Writes every record as the table's item first: in UTF-8, small enough, and readable again."""

    def commit(self, writes: Sequence[Write[Record]], references: Sequence[Reference] = ()) -> None:
        for write in writes:
            self._encode(write.after)
        super().commit(writes, references)

    def _encode(self, record: Record) -> None:
        item = to_record(record, shards=self._shards)
        size = len(json.dumps(item.serialize(), ensure_ascii=False).encode("utf-8"))
        if size > LARGEST_ITEM:
            raise UnstorableError(f"{record.id} has {size} bytes")
        if from_record(item) != record:
            raise UnstorableError(f"{record.id} is read as something else")
