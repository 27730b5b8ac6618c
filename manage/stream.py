"""What the table's stream still remembers: the committed changes of the last 24 hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.gateways.aws import Client
from chalicelib.services.project_changes import CommittedChange
from chalicelib.storage.mapping import from_image
from chalicelib.storage.restored import is_restored

TRIMMED = "TrimmedDataAccessException"
"""What the stream says where the oldest changes went away while they were read."""
MOST_EMPTY = 50
"""An open shard has no end; after so many empty pages in a row its newest change has been read."""


def changes_between(
    streams: Client, table: str, since: datetime, until: datetime
) -> Iterator[CommittedChange]:
    """Yield the changes of records committed from `since` up to before `until`, shard by shard."""
    for arn in _streams(streams, table):
        for shard in _shards(streams, arn):
            yield from _changes(streams, arn, shard, since, until)


def _streams(streams: Client, table: str) -> list[str]:
    answer = streams().list_streams(TableName=table)
    return [each["StreamArn"] for each in answer["Streams"]]


def _shards(streams: Client, arn: str) -> Iterator[str]:
    start: dict[str, str] = {}
    while True:
        found = streams().describe_stream(StreamArn=arn, **start)["StreamDescription"]
        yield from (each["ShardId"] for each in found["Shards"])
        if not (last := found.get("LastEvaluatedShardId")):
            return
        start = {"ExclusiveStartShardId": last}


def _changes(
    streams: Client, arn: str, shard: str, since: datetime, until: datetime
) -> Iterator[CommittedChange]:
    for record in _records(streams, arn, shard):
        at = record["ApproximateCreationDateTime"].astimezone(UTC)
        if at >= until:
            return
        if at >= since and not is_restored(record):
            yield CommittedChange(
                before=from_image(record.get("OldImage")),
                after=from_image(record.get("NewImage")),
                at=at,
            )


def _records(streams: Client, arn: str, shard: str) -> Iterator[dict[str, Any]]:
    """Yield a shard's records, oldest first."""
    position = streams().get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    empty = 0
    while position and empty < MOST_EMPTY:
        try:
            page = streams().get_records(ShardIterator=position)
        except ClientError as error:
            if error.response["Error"]["Code"] != TRIMMED:
                raise
            yield from _records(streams, arn, shard)  # from where it begins by now
            return
        yield from (each["dynamodb"] for each in page["Records"])
        empty = 0 if page["Records"] else empty + 1
        position = page.get("NextShardIterator")
