"""A creditor's own system behind a webhook endpoint, and what must have come in once it is calm.

It stands behind a gate of the proxy. On one day it takes nothing, on the others whatever reaches
it. What was told while its endpoint was there came in at least once, word for word as the feed has
it, signed just before; nothing else came in, nothing is owed any more, and nothing was given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from standardwebhooks import Webhook

from chalicelib.domain.delivery import Delivery
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Page
from local.api import Api
from tests.endings import require
from tests.waiting import until
from tests.web import Request

if TYPE_CHECKING:
    from tests.chaos.stage import Stage

TOLERANCE = timedelta(minutes=5)
"""How old a signature may be, by standardwebhooks."""
ENDPOINTS_KNOWN_WITHIN = timedelta(minutes=1)
"""Longer than any worker keeps in mind which endpoints there are."""
T = TypeVar("T", Delivery, Event)


@dataclass(frozen=True, slots=True)
class Came:
    """A webhook as it came in. `at` is the stack's time."""

    at: datetime
    headers: Message
    body: bytes

    @property
    def event_id(self) -> str:
        """The event that it says to be of."""
        return str(self.headers["webhook-id"])


class Receiver:
    """The server of all endpoints of a stage: each creditor's has a path of its own.

    `clock` is the file that says how far the stack is ahead of this process.
    """

    def __init__(self, clock: Path) -> None:
        self._clock = clock
        self._came: dict[str, list[Came]] = {}
        self.is_down = False

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Take a webhook, or say that one can't."""
        if self.is_down:
            return 503, b""
        now = datetime.now(UTC) + timedelta(seconds=float(self._clock.read_text()))
        came = Came(now, request.headers, request.body)
        self._came.setdefault(request.path, []).append(came)
        return 204, b""

    def came(self, path: str) -> list[Came]:
        """Return what came in for an endpoint, in its order."""
        return list(self._came.get(path, ()))


class Endpoint:
    """One creditor's endpoint for all events. Making it waits until every worker knows it."""

    def __init__(self, stage: Stage, api: Api, tenant: Tenant) -> None:
        self._receiver, self._tenant = stage.receiver, tenant
        self._path = f"/{tenant.creditor_id}"
        body = {"url": stage.stack.gate("receiver") + self._path, "events": ["*"]}
        made = api.post("/v1/webhook_endpoints", body)
        self._id, self._secret = made["id"], made["secret"]
        until(self.came, "the endpoint's own event")
        stage.jump(stage.now() + ENDPOINTS_KNOWN_WITHIN)
        self._since = stage.now()

    def came(self) -> list[Came]:
        """Return what came in, in its order."""
        return self._receiver.came(self._path)

    def owed(self, ports: Ports) -> list[Delivery]:
        """Return what is owed, and what was given up."""
        return list(_all(partial(ports.endpoints.deliveries_page, self._tenant, self._id)))

    def check(self, ports: Ports) -> None:
        """Raise Violation for the first thing that doesn't hold."""
        left = self.owed(ports)
        require(not left, f"webhooks: still owed, or given up: {left[:3]}")
        feed = _all(partial(ports.ledger.events_page, self._tenant))
        came_in(self.came(), feed, since=self._since, secret=self._secret)


def came_in(came: Iterable[Came], feed: Iterable[Event], *, since: datetime, secret: str) -> None:
    """Raise Violation unless all of the feed `since` then came in, as it is told, and no more."""
    told = {each.id: each for each in feed}
    reached = set()
    for each in came:
        _fits(each, told.get(each.event_id), secret)
        reached.add(each.event_id)
    for event in told.values():
        is_there = event.id in reached or event.at < since
        require(is_there, f"webhooks: {event.type} {event.id} never came in")


def _fits(came: Came, event: Event | None, secret: str) -> None:
    """Require that it is what the feed says, and that it was signed for the endpoint just then."""
    require(event, f"I6: {came.event_id} came in and isn't in the feed")
    assert event is not None
    told = body_of(event)
    require(came.body == told.encode(), f"webhooks: {came.body!r} came in, not {told}")
    at = datetime.fromtimestamp(int(came.headers["webhook-timestamp"]), UTC)
    require(abs(came.at - at) <= TOLERANCE, f"webhooks: {event.id} is of {at}, not {came.at}")
    signed = Webhook(secret).sign(event.id, at, told) == came.headers["webhook-signature"]
    require(signed, f"webhooks: {event.id} isn't signed for its endpoint")


def _all(page_of: Callable[[Cursor], Page[T]]) -> Iterator[T]:
    """Yield everything of a list, page by page."""
    cursor = Cursor(limit=100)
    while True:
        page = page_of(cursor)
        yield from page.data
        if not page.has_more:
            return
        cursor = Cursor(limit=100, after=page.data[-1].id)
