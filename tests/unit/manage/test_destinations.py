"""Failed changes are read in the stream again: exactly those of the batch, as Lambda got them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from manage.destinations import ChangesToFunction, ToFunction
from manage.letters import Letter, NotTakenError

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Streams:
    """The client of a stream that holds the changes 100 to 104: two to a page, each after an
    empty one."""

    def __init__(self, error: str | None = None) -> None:
        self.error = error

    def get_shard_iterator(self, **asked: str) -> dict[str, str]:
        if self.error:
            raise ClientError({"Error": {"Code": self.error}}, "GetShardIterator")
        assert asked["ShardIteratorType"] == "AT_SEQUENCE_NUMBER"
        assert (asked["StreamArn"], asked["ShardId"]) == ("arn:stream", "shard-1")
        return {"ShardIterator": asked["SequenceNumber"]}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if not ShardIterator.endswith("!"):
            return {"Records": [], "NextShardIterator": f"{ShardIterator}!"}
        first = int(ShardIterator[:-1])
        numbers = [number for number in (first, first + 1) if number <= 104]
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": AT},
            }
            for n in numbers
        ]
        onward = {"NextShardIterator": str(first + 2)} if first + 2 <= 104 else {}
        return {"Records": records, **onward}


class Functions:
    """The client of Lambda: keeps what it is called with."""

    def __init__(self) -> None:
        self.called: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "project_changes"
        self.called.append(json.loads(Payload))
        return {"StatusCode": 200}


def a_letter(first: int = 100, last: int = 102, **changed: str) -> Letter:
    batch = {
        "streamArn": "arn:stream",
        "shardId": "shard-1",
        "startSequenceNumber": str(first),
        "endSequenceNumber": str(last),
        **changed,
    }
    return Letter("m-1", json.dumps({"DDBStreamBatchInfo": batch}), AT, "receipt")


def told(letter: Letter, streams: Streams) -> list[dict[str, Any]]:
    functions = Functions()
    ChangesToFunction(lambda: streams, ToFunction(lambda: functions, "project_changes"))(letter)
    return [record for event in functions.called for record in event["Records"]]


@pytest.mark.parametrize(("first", "last"), [(100, 100), (100, 102), (101, 103), (103, 104)])
def test_exactly_the_batch_is_told(first: int, last: int):
    records = told(a_letter(first, last), Streams())

    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == list(range(first, last + 1))
    assert {each["dynamodb"]["ApproximateCreationDateTime"] for each in records} == {AT.timestamp()}


def test_a_batch_that_the_stream_does_not_show_whole_stays():
    with pytest.raises(NotTakenError, match="all of these"):
        told(a_letter(103, 999), Streams())


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_what_the_stream_has_forgotten_stays(code: str):
    with pytest.raises(NotTakenError, match="forgotten"):
        told(a_letter(), Streams(code))


def test_another_error_is_the_operator_s():
    with pytest.raises(ClientError):
        told(a_letter(), Streams("AccessDeniedException"))


def test_a_letter_about_no_changes_stays():
    with pytest.raises(NotTakenError, match="which changes"):
        told(Letter("m-1", "{}", AT, "receipt"), Streams())
