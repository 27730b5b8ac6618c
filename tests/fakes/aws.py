"""Boto3 clients whose requests never leave the process: each is answered as the test says.

The request is built, signed, classified and repeated by the real botocore; only the wire is ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse

Answer = tuple[int, str, dict[str, str]] | Exception


class _Body(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


@dataclass
class Wire:
    """The wire of one client. `answers` are given in turn, the last one again and again."""

    client: Callable[[], Any]
    answers: list[Answer]
    requests: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client().meta.events.register("before-send", self._answer)

    @property
    def json(self) -> Any:
        """The last request's body, for services that speak JSON."""
        return json.loads(self.requests[-1].body)

    @property
    def form(self) -> dict[str, str]:
        """The last request's body, for services that speak forms."""
        body = self.requests[-1].body
        text = body.decode() if isinstance(body, bytes) else body
        return {name: values[0] for name, values in parse_qs(text).items()}

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, headers = answer
        return AWSResponse(request.url, status, headers, _Body(body.encode()))


def json_answer(body: dict[str, Any]) -> Answer:
    """A success of a JSON service."""
    return 200, json.dumps(body), {}


def json_error(status: int, code: str, message: str = "") -> Answer:
    """An error of a JSON service."""
    return status, json.dumps({"message": message}), {"x-amzn-ErrorType": code}


def xml_answer(operation: str, inner: str) -> Answer:
    """A success of a query service (SNS)."""
    result = f"<{operation}Result>{inner}</{operation}Result>"
    return 200, f"<{operation}Response>{result}</{operation}Response>", {}


def xml_error(status: int, code: str, message: str = "") -> Answer:
    """An error of a query service (SNS)."""
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    return status, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>", {}
