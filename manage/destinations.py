"""Where dead letters go back to: the queue that they came from, or the function that failed.

`mail-events` hold the event that the function got. `changes` say only where in the table's stream
the changes stand; they are read there again, as long as the stream remembers them (24 hours).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.gateways.aws import Client
from chalicelib.gateways.queues import group_of
from chalicelib.services.stuck import REDRIVEN
from manage.letters import Letter, NotTakenError

FORGOTTEN = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
"""What the stream says of changes that it doesn't hold any more."""

MOST_PAGES = 1000
"""A page of a stream may be empty with more behind it; a batch is never as far apart as this."""


class ToQueue:
    """Puts a letter into its queue again, marked so that the worker ends what it was flagged by."""

    def __init__(self, sqs: Client, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def __call__(self, letter: Letter) -> str:
        """Return the new message's id, which it keeps when it fails again."""
        content = letter.content
        body = json.dumps({**content, REDRIVEN: "yes"}) if content else letter.body
        sent = self._sqs().send_message(QueueUrl=self._url, MessageBody=body, **group_of(content))
        return str(sent["MessageId"])


class ToFunction:
    """Calls the function with the event that the letter holds, and waits for it to succeed."""

    def __init__(self, functions: Client, name: str) -> None:
        self._functions = functions
        self._name = name

    def __call__(self, letter: Letter) -> None:
        self.call(letter.content)

    def call(self, event: dict[str, Any]) -> None:
        """Call the function. Raises NotTakenError."""
        try:
            answer = self._functions().invoke(FunctionName=self._name, Payload=json.dumps(event))
        except ReadTimeoutError as error:
            raise NotTakenError(f"{self._name} doesn't answer; its log says why") from error
        if "FunctionError" in answer:
            raise NotTakenError(f"{self._name} failed again; its log says why")


class ChangesToFunction:
    """Reads the changes in the table's stream again, and tells them to the function."""

    def __init__(self, streams: Client, function: ToFunction) -> None:
        self._streams = streams
        self._function = function

    def __call__(self, letter: Letter) -> None:
        try:
            batch = letter.content["DDBStreamBatchInfo"]
            records = list(self._records(batch))
        except KeyError:
            raise NotTakenError("it doesn't say which changes it is about") from None
        except ClientError as error:
            if error.response["Error"]["Code"] not in FORGOTTEN:
                raise
            raise NotTakenError("the stream has forgotten these changes") from error
        self._function.call({"Records": records})

    def _records(self, batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the batch's records, from the first sequence number to the last one.

        Raises NotTakenError where the stream ends before.
        """
        position = self._streams().get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        last = int(batch["endSequenceNumber"])
        for _ in range(MOST_PAGES):
            page = self._streams().get_records(ShardIterator=position)
            for record in page["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                if number <= last:
                    yield _as_lambda_gets_it(record)
                if number >= last:
                    return
            position = page.get("NextShardIterator")
            if position is None:
                break
        raise NotTakenError("the stream doesn't show all of these changes")


def _as_lambda_gets_it(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of the stream with its time in seconds, as Lambda's events have it."""
    facts = dict(record["dynamodb"])
    at = facts.get("ApproximateCreationDateTime")
    if isinstance(at, datetime):
        facts["ApproximateCreationDateTime"] = at.timestamp()
    return {**record, "dynamodb": facts}
