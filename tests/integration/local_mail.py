"""The local inbox as a process, a boto3 client of it, and MiniStack played behind it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.ports import free_port
from tests.waiting import answers, until
from tests.web import Request

ROOT = Path(__file__).parents[2]
ONCE = Config(retries={"total_max_attempts": 1})
PUBLISHED = (
    b"<PublishResponse xmlns='http://sns.amazonaws.com/doc/2010-03-31/'><PublishResult>"
    b"<MessageId>m</MessageId></PublishResult></PublishResponse>"
)


@dataclass
class Aws:
    """Plays MiniStack: gives message ids, notes what is published."""

    url: str = ""
    sent: int = 0
    published: list[dict[str, str]] = field(default_factory=list)

    def events(self) -> list[Any]:
        return [json.loads(form["Message"]) for form in self.published]

    def take(self, request: Request) -> tuple[int, bytes]:
        if request.path.startswith("/v2/email"):
            self.sent += 1
            return 200, json.dumps({"MessageId": f"ministack-{self.sent}"}).encode()
        self.published.append(dict(urllib.parse.parse_qsl(request.body.decode())))
        return 200, PUBLISHED


@dataclass
class Mail:
    """The process, told where events go."""

    home: Path
    aws: Aws
    port: int = field(default_factory=free_port)
    intake_port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = {
            "--home": str(self.home),
            "--aws": self.aws.url,
            "--mail-port": str(self.port),
            "--intake-port": str(self.intake_port),
            "--api-port": str(self.api_port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.mail", *chain(*arguments.items())], cwd=ROOT
        )
        soon(lambda: answers(f"{self.url}/api/health"), "the inbox")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(10) == 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path) as answer:
            return str(answer.read().decode())

    def messages(self, query: str = "") -> list[Any]:
        return list(json.loads(self.page(f"/api/messages?{query}"))["data"])

    def post(self, path: str, content: object) -> None:
        with urllib.request.urlopen(self.url + path, data=json.dumps(content).encode()) as answer:
            assert answer.status == 200

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.intake_port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=ONCE,
        )

    def send(self, to: str = "payer@example.com", **changes: Any) -> str:
        request = {
            "FromEmailAddress": "Blauwasser <billing@example.com>",
            "ReplyToAddresses": ["accounts@example.com"],
            "Destination": {"ToAddresses": [to]},
            "ConfigurationSetName": "dunlin-local",
            "EmailTags": [{"Name": "communication", "Value": "com_1"}],
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Rechnung <R-1> 🎉"},
                    "Body": {
                        "Text": {"Data": "Zahlen: http://127.0.0.1/pay/t?a=1&b=2."},
                        "Html": {"Data": "<p>Zahlen <a href='http://127.0.0.1/pay/t'>hier</a>"},
                    },
                    "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                }
            },
            **changes,
        }
        return str(self.client("sesv2").send_email(**request)["MessageId"])


def soon(done: Callable[[], bool], what: str) -> None:
    """Wait for what takes the inbox an instant."""
    until(done, what, seconds=10, between=0.02)
