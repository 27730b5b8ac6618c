"""The example by which docs/api.md shows how to verify a webhook does what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.gateways.webhooks import _headers
from chalicelib.ports.webhooks import WebhookMessage

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
SECRETS = ("whsec_" + "A" * 44, "whsec_" + "B" * 44)
BODY = '{"id":"evt_1","type":"invoice.paid","by":"Bäckerei"}'


@pytest.fixture
def example() -> dict[str, Any]:
    """Return what the example defines, and the ids that its receiver remembers."""
    [source] = re.findall(r"```python\n(.*?standardwebhooks.*?)```", PAGE.read_text(), re.DOTALL)
    known: list[str] = []
    found: dict[str, Any] = {
        "is_new": lambda event_id: event_id not in known,
        "remember": lambda event: known.append(event["id"]),
        "known": known,
    }
    exec(source, found)  # noqa: S102 - the page is ours
    return found


def sent(body: str = BODY) -> tuple[bytes, dict[str, str]]:
    message = WebhookMessage("evt_1", datetime.now(UTC), body)
    return body.encode(), _headers(message, SECRETS)


def test_what_we_send_is_taken_once_by_either_secret(example: dict[str, Any]):
    for secret in SECRETS:
        assert example["receive"](*sent(), secret) == 204
    assert example["known"] == ["evt_1"]


def test_what_is_forged_is_refused(example: dict[str, Any]):
    body, headers = sent()
    receive, secret = example["receive"], SECRETS[0]

    assert receive(body.replace(b"paid", b"void"), headers, secret) == 400
    assert receive(body, {**headers, "webhook-id": "evt_2"}, secret) == 400
    assert receive(body, {**headers, "webhook-timestamp": "1772442000"}, secret) == 400
    assert receive(body, headers, "whsec_" + "C" * 44) == 400
    assert example["known"] == []
