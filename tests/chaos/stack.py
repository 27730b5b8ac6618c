"""The embedded stack with the proxy before everything that its functions call, and a clock to move.

Nothing of what is deployed knows of it: addresses are settings of the stage.
"""

from __future__ import annotations

import sys
from pathlib import Path

from local.layout import ROOT, Layout
from local.ports import free_port
from local.stack import Stack

GATES = ("aws", "sending", "stripe", "events", "webhooks", "api", "receiver")


class ChaosStack(Stack):
    """The embedded stack, with a proxy that is started before all others.

    `receiver` is where the creditors' own systems take webhooks.
    """

    def __init__(self, layout: Layout, receiver: str) -> None:
        super().__init__(layout)
        self.receiver = receiver
        self.clock = clock_file(layout)
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
            "receiver": self.receiver,
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


def clock_file(layout: Layout) -> Path:
    """Return the file that says by how many seconds a stack is ahead of the machine."""
    return layout.home / "time" / "ahead"


def _instead(words: list[str], option: str, value: str) -> list[str]:
    """Return a command line with another value for one of its options."""
    at = words.index(option)
    return [*words[: at + 1], value, *words[at + 2 :]]
