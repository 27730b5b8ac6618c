"""The HTTP API as its clients reach it: the app's own routes, in processes that may die.

A request is a task: what it calls goes through the weather, and Lambda ends it after its timeout.
The request may never arrive, and its answer may be lost. What the app answers with 500 must have
been a fault that the seed wanted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalice.config import Config
from chalice.local import LocalGateway
from greenlet import getcurrent

import app
from chalicelib import bootstrap
from chalicelib.handlers import idempotency
from chalicelib.observability import SERVICE, logger
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record
from tests.endings import Violation
from tests.fakes.world import FakeThrottle
from tests.simulation.answers import SimulatedAnswers
from tests.simulation.faults import InjectedError
from tests.simulation.scheduler import Killed
from tests.simulation.weather import Behind

if TYPE_CHECKING:
    from tests.simulation.life import Life

TIMEOUT = timedelta(seconds=29)
"""The API's timeout in .chalice/config.json; a test holds it there."""
Commit = tuple[Record | None, Record]
"""A record before and after."""
ON_THE_WAY = (0.005, 0.08)
"""Seconds that a request, or an answer, is on its way."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What is sent, also if it is sent again. `once` is the Idempotency-Key."""

    key: str
    method: str
    path: str
    document: Any = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `wait` is Retry-After in seconds, `commits` how many records it wrote."""

    status: int
    json: Any
    wait: float
    commits: int


class Api:
    """The routes over a life's ports."""

    def __init__(self, life: Life, requests_per_minute: int) -> None:
        self._life = life
        self._random = life.branch()
        self._gateway = LocalGateway(app.app, Config())
        self._throttle = FakeThrottle(requests_per_minute)
        self._answers = SimulatedAnswers(life.weather)
        self._commits: dict[object, list[Commit]] = {}
        self._log = _Log()
        life.ledger.on_change.append(self._committed)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the app run on the life's ports, with its log kept to itself."""
        logger()  # Powertools gives it a handler of its own when it is first asked for
        log = logging.getLogger(SERVICE)
        handlers, level = log.handlers, log.level
        log.handlers = [self._log]
        log.setLevel(logging.ERROR)
        bootstrap.use(self._ports())
        idempotency.use(self._answers)
        try:
            yield
        finally:
            bootstrap.use(None)
            idempotency.use(None)
            log.handlers = handlers
            log.setLevel(level)

    def call(self, request: Request, commits: list[Commit]) -> Reply | None:
        """Send a request; None where no answer came back, whatever was done.

        What it commits is added to `commits`, also where nobody is told.
        """
        life = self._life
        life.scheduler.sleep(self._random.uniform(*ON_THE_WAY))
        if life.faults.happens("a request never arrives", life.faults.rate):
            return None
        try:
            reply = self._handle(request, commits)
        except Killed:
            return None
        life.scheduler.sleep(self._random.uniform(*ON_THE_WAY))
        if life.faults.happens("an answer of the API is lost", life.faults.rate):
            return None
        return reply

    def _handle(self, request: Request, commits: list[Commit]) -> Reply:
        task, weather, before = getcurrent(), self._life.weather, len(commits)
        self._commits[task] = commits
        try:
            with weather.ending(weather.scheduler.now() + TIMEOUT):
                response = self._gateway.handle_request(
                    request.method, request.path, _headers(request), _body(request)
                )
        finally:
            del self._commits[task]
        status = response["statusCode"]
        if status >= 500 and status != 503:
            self._was_wanted(request, task)
        headers = response["headers"] | {
            name: values[0] for name, values in response["multiValueHeaders"].items()
        }
        wait = float(headers.get("Retry-After", 0))
        return Reply(status, json.loads(response["body"]), wait, len(commits) - before)

    def _was_wanted(self, request: Request, task: object) -> None:
        """Require that what the app answered with 500 was the seed's fault, and not its own."""
        error = self._log.last.pop(task, None)
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, InjectedError):
            cause = cause.__cause__ or cause.__context__
        what = f"500: {request.method} {request.path}: {error!r}"
        if cause is None:
            raise Violation(what) from error

    def _committed(self, before: Record | None, after: Record) -> None:
        if (own := self._commits.get(getcurrent())) is not None:
            own.append((before, after))

    def _ports(self) -> Ports:
        """Return the life's ports, with those in the weather that only the API calls."""
        life = self._life
        return replace(
            life.ports,
            configuration=Behind(life.weather, "configuration", life.ports.configuration),
            throttle=Behind(life.weather, "throttle", self._throttle),
        )


class _Log(logging.Handler):
    """Keeps the last error that each task logged."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[object, BaseException | None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.last[getcurrent()] = record.exc_info[1] if record.exc_info else None


def _headers(request: Request) -> dict[str, str]:
    headers = {"content-type": "application/json", "authorization": f"Bearer {request.key}"}
    return headers | ({"idempotency-key": request.once} if request.once else {})


def _body(request: Request) -> bytes:
    return b"" if request.document is None else json.dumps(request.document).encode()
