"""Where the embedded stack keeps things, and its ports: five in a row from DUNLIN_PORT."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.ports import free_port

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
STAGE = "local"

_FIRST_PORT = 4566
_LAST_PORT = 65535 - 4


@dataclass(frozen=True, slots=True)
class Layout:
    """One running stack: its folder and its ports on 127.0.0.1."""

    home: Path
    aws_port: int
    stripe_port: int
    mail_port: int
    api_port: int
    intake_port: int

    @classmethod
    def from_environment(cls) -> Self:
        """`.local/` in the repository, ports from DUNLIN_PORT."""
        asked = os.environ.get("DUNLIN_PORT", str(_FIRST_PORT))
        first = int(asked) if asked.isascii() and asked.isdigit() else 0
        if not 0 < first <= _LAST_PORT:
            sys.exit(f"DUNLIN_PORT is {asked!r}: say a number from 1 to {_LAST_PORT}.")
        return cls(ROOT / ".local", *range(first, first + 5))

    @classmethod
    def on_free_ports(cls, home: Path) -> Self:
        """A stack beside others, for tests."""
        return cls(home, *(free_port() for _ in range(5)))

    @property
    def ports(self) -> tuple[int, ...]:
        """All of them."""
        return (
            self.aws_port,
            self.stripe_port,
            self.mail_port,
            self.api_port,
            self.intake_port,
        )

    @property
    def aws_url(self) -> str:
        """MiniStack: every AWS service."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def stripe_url(self) -> str:
        """The Stripe emulator."""
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def mail_url(self) -> str:
        """The inbox page."""
        return f"http://127.0.0.1:{self.mail_port}"

    @property
    def api_url(self) -> str:
        """Dunlin's API and pages; stays the same when a deployment changes API Gateway's id."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def intake_url(self) -> str:
        """What stands before MiniStack's SES and SNS."""
        return f"http://127.0.0.1:{self.intake_port}"

    @property
    def contract(self) -> Path:
        """The file that says where everything is, once the stack is ready."""
        return self.home / "stack.json"

    def log(self, name: str) -> Path:
        """Where a process writes what it says."""
        return self.home / "log" / f"{name}.log"
