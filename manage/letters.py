"""Dead letters: what waits in a dead-letter queue, and how it goes back to work.

    receive (hidden for two minutes) ── hand over ── delete
                                          │ fails: the letter stays, and is seen again
                                          └ dies before the delete: the letter goes twice

A run hands each letter over once. One that stayed is seen again after two minutes, and one whose
message fails again comes back, under the id that it was given on its way: a run that met either
anew would never end. Another run tries them anew.

Nothing is lost at any point, and at worst something is done twice, which has its effect once: every
function decides anew from the facts. SQS can move messages by itself, but neither to a function
nor in a way that can be tried out anywhere else than in AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.gateways.aws import Client

HIDDEN_SECONDS = 120
WAIT_SECONDS = 2
"""Long enough for SQS to ask all its servers: a shorter look may miss messages."""
AT_ONCE = 10
IDS = (
    "tenant",
    "customer",
    "partition",
    "stragglers",
    "clock",
    "after",
    "payment",
    "again",
    "since",
    "until",
)
"""What messages between functions may name. Anything else could be personal, and isn't shown."""
STREAM_FACTS = ("shardId", "startSequenceNumber", "endSequenceNumber", "batchSize")


class NotTakenError(Exception):
    """A letter couldn't be handed over; it stays where it is."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. `receipt` deletes it."""

    id: str
    body: str
    sent_at: datetime
    receipt: str

    @property
    def content(self) -> dict[str, Any]:
        """The body where it is a JSON object, else nothing."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def facts(self) -> dict[str, str]:
        """What may be shown of it: ids and codes."""
        content = self.content
        batch = content.get("DDBStreamBatchInfo", {})
        named = {name: str(content[name]) for name in IDS if name in content}
        return named | {name: str(batch[name]) for name in STREAM_FACTS if name in batch}


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many letters went back to work, and why others stayed, by their ids."""

    moved: int
    stayed: Mapping[str, str]


class Letters:
    """A dead-letter queue by its URL; `sqs` gives the client."""

    def __init__(self, sqs: Client, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def waiting(self) -> int:
        """Return about how many there are."""
        name = "ApproximateNumberOfMessages"
        answer = self._sqs().get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def peek(self) -> list[Letter]:
        """Return some of them, and leave them there. SQS gives no more than a look."""
        return list(self._receive(hidden_seconds=0))

    def redrive(
        self, hand_over: Callable[[Letter], str | None], *, at_once: int = AT_ONCE
    ) -> Redriven:
        """Hand every letter over, once, and delete it. What raises NotTakenError stays.

        `hand_over` returns the id by which the letter's message would come back, if it can.
        `at_once` letters are taken together; they must all be handed over within two minutes, or
        another run may take them too.
        """
        moved, stayed = 0, {}
        gone: set[str] = set()
        while letters := list(self._receive(hidden_seconds=HIDDEN_SECONDS, at_once=at_once)):
            for letter in letters:
                if letter.id in gone:
                    stayed[letter.id] = "it failed again"
                if letter.id in stayed:
                    continue
                try:
                    returns_as = hand_over(letter)
                except NotTakenError as refused:
                    stayed[letter.id] = str(refused)
                    continue
                self._sqs().delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
                moved += 1
                gone |= {returns_as} if returns_as else set()
        return Redriven(moved, stayed)

    def _receive(self, *, hidden_seconds: int, at_once: int = AT_ONCE) -> Iterator[Letter]:
        answer = self._sqs().receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=at_once,
            VisibilityTimeout=hidden_seconds,
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=["SentTimestamp"],
        )
        for message in answer.get("Messages", []):
            milliseconds = int(message["Attributes"]["SentTimestamp"])
            yield Letter(
                id=message["MessageId"],
                body=message["Body"],
                sent_at=datetime.fromtimestamp(milliseconds / 1000, UTC),
                receipt=message["ReceiptHandle"],
            )
