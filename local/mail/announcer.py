"""Publishes events about messages to the SNS topic of their configuration set.

MiniStack leaves out what is absent, and Chalice reads Subject and MessageAttributes of every
notification, so both are always set.
"""

import asyncio
import json
from datetime import UTC, datetime

import aiohttp

from local.mail import events
from local.mail.mailroom import Mailroom
from local.mail.message import Json, Message

_AT_ONCE = 4
_BETWEEN_SECONDS = 0.2
_TRIES = 5
_REGION = "us-east-1"
# MiniStack checks no signature; it reads service and region from the header.
_AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential=test/20260101/{_REGION}/sns/aws4_request, "
    "SignedHeaders=host, Signature=none"
)


class Announcer:
    """A queue of messages to tell of, and the workers that empty it."""

    def __init__(self, room: Mailroom, client: aiohttp.ClientSession, *, aws: str) -> None:
        self._room, self._client, self._aws = room, client, aws
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()

    def announce(self, message: Message) -> None:
        """Tell of it soon, if its configuration set has a destination."""
        if message.configuration_set in self._room.settings["event_destinations"]:
            self._waiting.put_nowait(message)

    @property
    def waiting(self) -> int:
        """How many messages are still to be told of."""
        return self._waiting.qsize()

    async def run(self) -> None:
        """Work until cancelled; begin with what an earlier run had no time to tell."""
        for message in self._room.newest_first(kind="email"):
            if not message.events:
                self.announce(message)
        await asyncio.gather(*(self._work() for _ in range(_AT_ONCE)))

    async def _work(self) -> None:
        while True:
            message = await self._waiting.get()
            destination = self._room.settings["event_destinations"][message.configuration_set]
            for event in events.of(message, now=datetime.now(UTC)):
                wanted = events.matching_type(event) in destination["types"]
                if wanted and await self._publish(destination["topic_arn"], event):
                    self._room.told(message.id, event["eventType"])

    async def _publish(self, topic: str, event: Json) -> bool:
        await asyncio.sleep(_BETWEEN_SECONDS)
        form = {
            "Action": "Publish",
            "Version": "2010-03-31",
            "TopicArn": topic,
            "Subject": events.SUBJECT,
            "Message": json.dumps(event),
            "MessageAttributes.entry.1.Name": "eventType",
            "MessageAttributes.entry.1.Value.DataType": "String",
            "MessageAttributes.entry.1.Value.StringValue": event["eventType"],
        }
        headers = {"Authorization": _AUTHORIZATION}
        for attempt in range(_TRIES):
            try:
                async with self._client.post(self._aws, data=form, headers=headers) as answer:
                    if answer.ok:
                        return True
            except (aiohttp.ClientError, TimeoutError) as error:
                print(f"{event['eventType']} not published: {error!r}")
            await asyncio.sleep(2**attempt)
        return False
