"""A deployed stage in any weather: its clock moves by jumps, its proxy follows a seed."""

from __future__ import annotations

import fcntl
import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from chalicelib import bootstrap
from chalicelib.ports.all import Ports
from local import package
from local.creditor import ensure_secrets
from local.deploy import STACK_NAME, Deployment, deploy
from local.layout import REGION, ROOT, STAGE
from local.stack import client
from manage import dead_letters
from manage.stage import resource
from tests.chaos.ministack import AT_WORK, STILL
from tests.chaos.receiver import Receiver
from tests.chaos.stack import ChaosStack
from tests.stack import SCHEDULED, WAITING

QUARTER = timedelta(minutes=15)
LONGEST_CALL_SECONDS = 330
"""The longest time that a scheduled function has (the catch-up), and some more."""
NOTICED_SECONDS = 0.4
"""How long it takes until every process has seen that the clock moved; they look every 0.1 s."""


class Stage:
    """A deployed stage in any weather, and who takes its webhooks.

    `project` is the folder whose package it runs.
    """

    def __init__(self, stack: ChaosStack, receiver: Receiver, project: Path = ROOT) -> None:
        self.stack, self.receiver = stack, receiver
        self._ahead = 0.0
        self.deployment = self._bring_up(project)

    def _bring_up(self, project: Path) -> Deployment:
        self.stack.start()
        layout = self.stack.layout
        kept = package.KEPT if project == ROOT else layout.home / "package"
        packed = package.build(project, kept)
        deployment = deploy(
            self.stack,
            packed,
            parameters={
                "Stage": STAGE,
                "PortalUrl": layout.api_url,
                "StripeApiBase": self.stack.gate("stripe"),
                "TestModeDelivery": "send",
                "WebhookTargets": "loopback",
            },
        )
        ensure_secrets(self.stack)
        return deployment

    def now(self) -> datetime:
        """Return the stack's time of day, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def jump(self, until: datetime) -> None:
        """Move the stack's clock forward, at a moment at which no function is at work."""
        folder = self.stack.clock.parent
        (folder / STILL).touch()
        with (folder / AT_WORK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._ahead = max(self._ahead, self._ahead + (until - self.now()).total_seconds())
            beside = self.stack.clock.with_suffix(".new")
            beside.write_text(repr(self._ahead))
            beside.replace(self.stack.clock)
            time.sleep(NOTICED_SECONDS)
            (folder / STILL).unlink()

    def is_at_work(self) -> bool:
        """Say whether a function runs now: a cold one calls nobody for seconds."""
        with (self.stack.clock.parent / AT_WORK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def weather(self, seed: int | None, *, leaks: bool = False) -> None:
        """Let a seed's weather begin (all of it, or only its leaks), or let it clear up."""
        asked = {"seed": seed, "leaks": leaks, "workers_of": self.stack.ministack_pid}
        post_json(f"http://127.0.0.1:{self.stack.control}/weather", asked)

    def poison(self, partition: str | None) -> None:
        """From now on let nobody read the customer of that partition; None: let all be read."""
        asked = {"partition": partition}
        post_json(f"http://127.0.0.1:{self.stack.control}/poison", asked)

    def story(self) -> dict[str, Any]:
        """Return what this weather has brought: calls, faults by kind and their story."""
        return get_json(f"http://127.0.0.1:{self.stack.control}/story")

    def call(self, output: str) -> bool:
        """Call a scheduled function, and say whether it ended well."""
        answer = self._caller.invoke(
            FunctionName=self.deployment.outputs[output], Payload=json.dumps(SCHEDULED).encode()
        )
        return "FunctionError" not in answer

    @cached_property
    def _caller(self) -> Any:
        """Return a client that waits for as long as a function may take, and calls it once."""
        return boto3.client(
            "lambda",
            endpoint_url=self.stack.layout.aws_url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(read_timeout=LONGEST_CALL_SECONDS, retries={"total_max_attempts": 1}),
        )

    def client(self, service: str) -> Any:
        """Return a client that no fault reaches."""
        return client(self.stack.layout, service)

    def messages(self, *, dead: bool = False, hidden: bool = True) -> int:
        """Return how many messages the queues hold, or the dead-letter queues."""
        names = WAITING if hidden else WAITING[:1]
        urls = [
            url
            for name, url in self.deployment.resources.items()
            if name.endswith("DeadLetters" if dead else "Queue") and url.startswith("http")
        ]
        found = [
            self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(names))
            for url in urls
        ]
        return sum(int(each["Attributes"][name]) for each in found for name in names)

    def redrive(self) -> int:
        """Put all dead letters back to where they came from, and return how many."""
        moved = 0
        for name in dead_letters.NAMES:
            letters = self._office.letters(name)
            if letters.waiting():
                moved += letters.redrive(self._office.destination(name)).moved
        return moved

    @cached_property
    def _office(self) -> dead_letters.Stage:
        sqs, functions, streams, formation = (
            partial(self.client, name)
            for name in ("sqs", "lambda", "dynamodbstreams", "cloudformation")
        )
        find = partial(resource, STACK_NAME, cloudformation=formation)
        return dead_letters.Stage(sqs, functions, streams, find)

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        """Give Dunlin's own adapters in this process, which reach the stage past the proxy."""
        function = self.deployment.outputs["FunctionApi"]
        known = self.client("lambda").get_function_configuration(FunctionName=function)
        addresses = {
            "AWS_ENDPOINT_URL": self.stack.layout.aws_url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        before = dict(os.environ)
        os.environ.update(known["Environment"]["Variables"] | addresses)
        _forget_wiring()
        try:
            yield replace(bootstrap.ports(), clock=Clock(self))
        finally:
            os.environ.clear()
            os.environ.update(before)
            _forget_wiring()

    def mail(self, to: str) -> list[dict[str, Any]]:
        """Return every message whose address or number contains `to`."""
        url = f"{self.stack.layout.mail_url}/api/messages?limit=1000&to={to}"
        return list(get_json(url)["data"])


@dataclass(frozen=True)
class Clock:
    """The stack's time of day, for Dunlin's own code in this process."""

    stage: Stage

    def now(self) -> datetime:
        return self.stage.now()


def quarter_after(moment: datetime) -> datetime:
    """Return the next full quarter of an hour: a sweep looks for stragglers then."""
    whole = moment.replace(minute=moment.minute // 15 * 15, second=1, microsecond=0)
    return whole + QUARTER


def _forget_wiring() -> None:
    """Let what is wired in this process be made anew, from the environment as it is."""
    for kept in (bootstrap.settings, bootstrap._wired, bootstrap._table, bootstrap._secrets):
        kept.cache_clear()


def get_json(url: str, headers: dict[str, str] | None = None) -> Any:
    """Return what a server of the stack answers."""
    request = urllib.request.Request(url, headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def post_json(url: str, content: object) -> None:
    """Tell a server of the stack something."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=json.dumps(content).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
