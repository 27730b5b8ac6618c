"""The embedded stack with the proxy before everything that its functions call, and a clock to move.

Nothing of what is deployed knows of it: addresses are settings of the stage.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from local import package
from local.creditor import ensure_link_secret
from local.deploy import STACK_NAME, Deployment, deploy
from local.layout import REGION, ROOT, STAGE
from local.ports import free_port
from local.stack import Stack, client
from manage import dead_letters
from manage.stage import resource
from tests.chaos.ministack import AT_WORK, STILL
from tests.stack import SCHEDULED, WAITING

GATES = ("aws", "sending", "stripe", "events", "webhooks", "api")
NOTICED_SECONDS = 0.4
"""How long it takes until every process has seen that the clock moved; they look every 0.1 s."""


class ChaosStack(Stack):
    """The embedded stack, with a proxy that is started before all others."""

    def __init__(self, layout: Any) -> None:
        super().__init__(layout)
        self.clock = layout.home / "time" / "ahead"
        self.control = free_port()
        self.gates = {gate: free_port() for gate in GATES}

    def gate(self, name: str) -> str:
        """Return a gate's address."""
        return f"http://127.0.0.1:{self.gates[name]}"

    @property
    def ministack_pid(self) -> int:
        """The process whose children are the workers."""
        return self._processes._running["ministack"].pid

    def _start(
        self, name: str, command: list[str], ready: str, *, extra: dict[str, str] | None = None
    ) -> None:
        if name == "mail":  # the first of them
            self.clock.parent.mkdir(parents=True, exist_ok=True)
            self.clock.write_text("0")
            self._start("proxy", self._proxy_command(), f"http://127.0.0.1:{self.control}/story")
        if name == "ministack":
            command = [sys.executable, "-m", "tests.chaos.ministack"]
        moving = {
            "DUNLIN_CLOCK": str(self.clock),
            "PYTHONPATH": str(ROOT / "tests" / "chaos" / "clock"),
        }
        if name != "proxy":
            extra = {**(extra or {}), **moving}
        super()._start(name, command, ready, extra=extra)

    def _proxy_command(self) -> list[str]:
        layout = self.layout
        upstream = {
            "aws": layout.aws_url,
            "sending": layout.intake_url,
            "stripe": layout.stripe_url,
            "events": layout.aws_url,
            "webhooks": layout.api_url,
            "api": layout.api_url,
        }
        gates = [f"{name}={self.gates[name]}={upstream[name]}" for name in GATES]
        words = [word for gate in gates for word in ("--gate", gate)]
        return [sys.executable, "-m", "tests.chaos.proxy", "--control", str(self.control), *words]

    def _mail_command(self) -> list[str]:
        return _instead(super()._mail_command(), "--aws", self.gate("events"))

    def _stripe_command(self) -> list[str]:
        hooks = self.gate("webhooks") + "/webhooks/stripe/{creditor_id}"
        return _instead(super()._stripe_command(), "--webhook-url", hooks)

    def _ministack_environment(self) -> dict[str, str]:
        return {
            **super()._ministack_environment(),
            "AWS_ENDPOINT_URL": self.gate("aws"),
            "AWS_ENDPOINT_URL_SESV2": self.gate("sending"),
            "AWS_ENDPOINT_URL_SNS": self.gate("sending"),
        }


class Stage:
    """A deployed stage in any weather. `project` is the folder whose package it runs."""

    def __init__(self, stack: ChaosStack, project: Path = ROOT) -> None:
        self.stack = stack
        self._project = project
        self._ahead = 0.0
        self.deployment = self._bring_up()

    def _bring_up(self) -> Deployment:
        self.stack.start()
        layout = self.stack.layout
        packed = package.build(self._project, layout.home / "package")
        deployment = deploy(
            self.stack,
            packed,
            parameters={
                "Stage": STAGE,
                "PortalUrl": layout.api_url,
                "StripeApiBase": self.stack.gate("stripe"),
                "TestModeDelivery": "send",
            },
        )
        ensure_link_secret(self.stack)
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

    def weather(self, seed: int | None) -> None:
        """Let a seed's weather begin, or let it clear up."""
        asked = {"seed": seed, "workers_of": self.stack.ministack_pid}
        post_json(f"http://127.0.0.1:{self.stack.control}/weather", asked)

    def story(self) -> dict[str, Any]:
        """Return what this weather has brought: calls, faults by kind and their story."""
        return get_json(f"http://127.0.0.1:{self.stack.control}/story")

    def call(self, output: str) -> bool:
        """Call a scheduled function, and say whether it ended well."""
        answer = self.client("lambda").invoke(
            FunctionName=self.deployment.outputs[output], Payload=json.dumps(SCHEDULED).encode()
        )
        return "FunctionError" not in answer

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

    def take_settings(self) -> None:
        """Let Dunlin's own adapters in this process work on the stage, past the proxy."""
        function = self.deployment.outputs["FunctionApi"]
        known = self.client("lambda").get_function_configuration(FunctionName=function)
        os.environ.update(known["Environment"]["Variables"])
        os.environ.update(
            AWS_ENDPOINT_URL=self.stack.layout.aws_url,
            AWS_DEFAULT_REGION=REGION,
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
        )

    def mail(self, to: str) -> list[dict[str, Any]]:
        """Return every message whose address or number contains `to`."""
        url = f"{self.stack.layout.mail_url}/api/messages?limit=1000&to={to}"
        return list(get_json(url)["data"])


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


def _instead(words: list[str], option: str, value: str) -> list[str]:
    """Return a command line with another value for one of its options."""
    at = words.index(option)
    return [*words[: at + 1], value, *words[at + 2 :]]
