"""What the stream remembers of a restored stage: what happened, not what was put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.storage.mapping import to_record
from chalicelib.storage.restored import as_restored
from manage.stream import changes_between
from tests.builders import an_invoice, utc

NOON = utc("2026-03-10 12:00")


class Streams:
    """A client of a stream with one shard, in which a restored invoice was changed."""

    def __init__(self) -> None:
        invoice = an_invoice("R-1")
        later = replace(invoice, version=invoice.version + 1, paid=1)
        put_back = as_restored(dict(to_record(invoice, shards=1).serialize()))
        changed = dict(to_record(later, shards=1).serialize())
        at = {"ApproximateCreationDateTime": NOON}
        self._records = [
            {"dynamodb": {**at, "NewImage": put_back}},
            {"dynamodb": {**at, "OldImage": put_back, "NewImage": changed}},
        ]

    def list_streams(self, **_: str) -> Any:
        return {"Streams": [{"StreamArn": "arn"}]}

    def describe_stream(self, **_: str) -> Any:
        return {"StreamDescription": {"Shards": [{"ShardId": "one"}]}}

    def get_shard_iterator(self, **_: str) -> Any:
        return {"ShardIterator": "first"}

    def get_records(self, **_: str) -> Any:
        return {"Records": self._records}


def test_what_was_put_back_is_no_change():
    streams, hour = Streams(), timedelta(hours=1)

    [change] = changes_between(lambda: streams, "ledger", NOON - hour, NOON + hour)

    assert (change.before.paid, change.after.paid) == (0, 1)
