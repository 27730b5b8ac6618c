"""However a receiver behaves, an attempt ends, says why, and goes nowhere else."""

from __future__ import annotations

import socket
import time
from datetime import timedelta

import pytest

from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.gateways.webhooks import CONNECT_SECONDS, HttpWebhooks
from chalicelib.ports.webhooks import Answered
from tests.integration.outbound.receivers import (
    MESSAGE,
    SECRETS,
    Talk,
    answering,
    dripping,
    flooding,
    hanging_up,
    read_request,
    receiver,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2"
METADATA = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/"
BUSY = Answered(429, FailureReason.STATUS, timedelta(seconds=90))
SOON = 0.4
"""Seconds that an attempt has here."""


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (answering(OK, b"{}"), Answered(200)),
        (answering(b"HTTP/1.1 204 No Content"), Answered(204)),
        (answering(METADATA), Answered(302, FailureReason.REDIRECT)),
        (answering(b"HTTP/1.1 410 Gone"), Answered(410, FailureReason.STATUS)),
        (answering(b"HTTP/1.1 500 Oh"), Answered(500, FailureReason.STATUS)),
        (answering(b"HTTP/1.1 429 No\r\nRetry-After: 90"), BUSY),
        (answering(b"no HTTP at all"), Answered(failure=FailureReason.CONNECTION)),
        (hanging_up, Answered(failure=FailureReason.CONNECTION)),
        (flooding, Answered(200)),
        (dripping(b"HTTP/1.1 200 OK\r\nX: "), Answered(failure=FailureReason.TIMEOUT)),
        (dripping(b"", at_once=b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"), Answered(200)),
        (read_request, Answered(failure=FailureReason.CONNECTION)),
    ],
    ids=[
        "takes it", "says nothing", "sends on", "is gone", "fails", "asks for a pause",
        "speaks no HTTP", "hangs up", "floods", "drips headers", "drips a body",
        "reads and hangs up",
    ],
)  # fmt: skip
def test_an_attempt_ends_and_says_why(talk: Talk, expected: Answered):
    with receiver(talk) as (url, came):
        found = HttpWebhooks(calls_loopback=True, seconds=SOON).deliver(url, MESSAGE, SECRETS)

    assert found == expected
    assert len(came) == 1


def test_whoever_never_answers_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        found = HttpWebhooks(calls_loopback=True, seconds=SOON).deliver(url, MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.TIMEOUT)


def test_whoever_takes_longer_than_a_connection_may_has_all_of_the_attempt():
    """The one test with the seconds that production has."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        time.sleep(CONNECT_SECONDS + 0.5)
        connection.sendall(OK + b"\r\n\r\n{}")

    with receiver(talk) as (url, _):
        found = HttpWebhooks(calls_loopback=True).deliver(url, MESSAGE, SECRETS)

    assert found == Answered(200)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    found = HttpWebhooks(calls_loopback=True).deliver(f"http://127.0.0.1:{port}", MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.CONNECTION)


def test_this_machine_is_called_only_where_the_stage_says_so():
    with receiver(answering(OK, b"{}")) as (url, came):
        elsewhere = HttpWebhooks().deliver(url, MESSAGE, SECRETS)
        refusal = HttpWebhooks().refusal(url)

    assert elsewhere == Answered(failure=FailureReason.FORBIDDEN)
    assert refusal == "must be https"
    assert came == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch):
    with (
        receiver(answering(OK, b"{}")) as (proxy, asked),
        receiver(answering(OK, b"{}")) as (
            url,
            came,
        ),
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy)
        HttpWebhooks(calls_loopback=True).deliver(url, MESSAGE, SECRETS)

    assert (len(came), asked) == (1, [])


def test_what_is_sent_names_the_host_and_is_signed():
    sent: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        sent.append(read_request(connection))
        connection.sendall(OK + b"\r\n\r\n{}")

    with receiver(talk) as (url, _):
        HttpWebhooks(calls_loopback=True).deliver(f"{url}?a=b", MESSAGE, SECRETS)

    head, _, body = sent[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().splitlines()
    assert lines[0] == "post /hook?a=b http/1.1"
    assert f"host: {url.split('/')[2]}" in lines
    assert {"webhook-id: evt_1", "webhook-timestamp: 1772442000"} <= set(lines)
    assert body.decode() == MESSAGE.body
