"""What services do without failing: deliver twice, late or never, and show an index as it was."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.chaos.weather import Weather

Forward = Callable[[bytes], Awaitable[web.Response]]
Soon = Callable[[float, Callable[[], Awaitable[Any]]], None]
ODD_GATES = frozenset({"webhooks", "events"})
LATE_SECONDS = (1.0, 6.0)
LAGS_MICROSECONDS = 10 * 60 * 1_000_000
"""How far the due index lags at most, by the time at which what it doesn't show yet is due."""
_TAKEN = {
    "webhooks": {"status": 200, "text": "{}"},
    "events": {
        "status": 200,
        "text": "<PublishResponse><PublishResult><MessageId>0</MessageId></PublishResult>"
        "</PublishResponse>",
    },
}


async def of_gate(
    gate: str, weather: Weather, forward: Forward, body: bytes, soon: Soon
) -> web.Response:
    """Deliver a webhook or a mail event, perhaps twice or late; an event perhaps never."""
    what = "a webhook" if gate == "webhooks" else "a mail event"
    if gate == "events" and weather.happens("a mail event never comes"):
        return web.Response(**_TAKEN[gate])
    if own := weather.happens(f"{what} comes twice"):
        soon(own.uniform(0, LATE_SECONDS[1]), lambda: forward(body))
    if gate == "webhooks" and (own := weather.happens("a webhook is late")):
        soon(own.uniform(*LATE_SECONDS), lambda: forward(body))
        return web.Response(status=503)
    return await forward(body)


async def of_queue(weather: Weather, forward: Forward, body: bytes, soon: Soon) -> web.Response:
    """Put messages into a queue, perhaps twice, late or not at all, as SQS says that it may."""
    if weather.happens("a message is lost"):
        return _taken(body)
    if own := weather.happens("a message is late"):
        soon(own.uniform(*LATE_SECONDS), lambda: forward(body))
        return _taken(body)
    if own := weather.happens("a message comes twice"):
        soon(own.uniform(0, LATE_SECONDS[1]), lambda: forward(body))
    return await forward(body)


def of_index(weather: Weather, asked: bytes, answer: web.Response) -> web.Response:
    """Show the due index without what came into it lately."""
    if json.loads(asked).get("IndexName") != "due" or not isinstance(answer.body, bytes):
        return answer
    found = json.loads(answer.body)
    latest = max((int(each["due_at"]["N"]) for each in found.get("Items", ())), default=0)
    if not latest or not weather.happens("the due index lags"):
        return answer
    found["Items"] = [
        each for each in found["Items"] if int(each["due_at"]["N"]) < latest - LAGS_MICROSECONDS
    ]
    found["Count"] = len(found["Items"])
    return _instead_of(answer, found)


def of_file(poisoned: str | None, asked: bytes, answer: web.Response) -> web.Response:
    """Show a poisoned customer's file with a customer's record of a kind that nobody knows."""
    if not poisoned or f'"{poisoned}"'.encode() not in asked or not isinstance(answer.body, bytes):
        return answer
    found = json.loads(answer.body)
    for each in found.get("Items", ()):
        if each["sk"]["S"] == "FILE#CUSTOMER":
            each["kind"] = {"S": "unknown"}
    return _instead_of(answer, found)


def _instead_of(answer: web.Response, found: dict[str, Any]) -> web.Response:
    """Return the answer of the table with other items."""
    kept = {k: v for k, v in answer.headers.items() if k.lower() == "content-type"}
    return web.Response(status=answer.status, headers=kept, text=json.dumps(found))


def _taken(body: bytes) -> web.Response:
    """Say that SQS took the messages."""
    entries = json.loads(body).get("Entries", [])
    done = [
        {"Id": each["Id"], "MessageId": "0", "MD5OfMessageBody": _digest(each["MessageBody"])}
        for each in entries
    ]
    return web.json_response({"Successful": done, "Failed": []})


def _digest(text: str) -> str:
    """Return what SQS answers and botocore compares."""
    import hashlib

    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
