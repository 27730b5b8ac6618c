"""SQS: messages go out in tens; a message that SQS refuses is tried once more, then it is told.

A message about a tenant carries the tenant as its group. On a standard queue that orders nothing
but makes it fair: while one group fills the workers, SQS hands out the others' messages first.
What goes to a webhook endpoint is a group of its own: one that hangs keeps nothing from the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.gateways.aws import Client

BATCH = 10
"""What SQS takes in one call."""
TENANT, ENDPOINT = "tenant", "endpoint"
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


class QueueRefusedError(Exception):
    """SQS didn't take all messages; some may be in the queue, so putting them again is right."""


class SqsQueues:
    """The queues between functions. `urls` are by short name; `client` gives the `sqs` client."""

    def __init__(self, client: Client, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls

    def put(self, queue: str, messages: Sequence[Mapping[str, str]], *, delay: int = 0) -> None:
        url = self._urls[queue]
        for entries in _batches(messages, delay):
            if left := self._send(url, self._send(url, entries)):
                raise QueueRefusedError(f"{len(left)} of {len(entries)} messages for {queue}")

    def is_empty(self, queue: str) -> bool:
        answer = self._client().get_queue_attributes(
            QueueUrl=self._urls[queue], AttributeNames=list(COUNTS)
        )
        return all(int(answer["Attributes"].get(count, 0)) == 0 for count in COUNTS)

    def _send(self, url: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send entries and return those that weren't taken."""
        if not entries:
            return []
        answer = self._client().send_message_batch(QueueUrl=url, Entries=entries)
        failed = {failure["Id"] for failure in answer.get("Failed", [])}
        return [entry for entry in entries if entry["Id"] in failed]


def _batches(messages: Sequence[Mapping[str, str]], delay: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(messages), BATCH):
        yield [
            {
                "Id": str(index),
                "MessageBody": json.dumps(dict(message), separators=(",", ":")),
                "DelaySeconds": delay,
                **group_of(message),
            }
            for index, message in enumerate(messages[start : start + BATCH])
        ]


def group_of(message: Mapping[str, Any]) -> dict[str, str]:
    """Return what tells SQS whose message it is; nothing where it is nobody's."""
    parts = [str(message[each]) for each in (TENANT, ENDPOINT) if each in message]
    return {"MessageGroupId": "/".join(parts)} if TENANT in message else {}
