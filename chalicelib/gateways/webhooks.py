"""The way out to webhook endpoints, built so that no address leads into our own network.

The name is looked up once. Every address that it has must be public; the connection goes to one of
those very addresses, so that a second answer of the name server counts for nothing, while the
certificate is checked against the name. Nobody's proxy is used and no redirect is followed. All of
an attempt, from the question to the name server to the last byte read, has ten seconds: a watchdog
ends it. A receiver may take all of them to answer; once its status is there, that is the answer.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException
from threading import Timer
from typing import TYPE_CHECKING

from chalicelib.domain.endpoint_address import (
    HTTPS,
    AddressRefusedError,
    EndpointAddress,
    read_address,
)
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.gateways.public_addresses import is_public
from chalicelib.gateways.retry_after import pause_asked_for
from chalicelib.ports.webhooks import Answered, WebhookMessage

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

ATTEMPT_SECONDS = 10.0
CONNECT_SECONDS = 3.0
MOST_READ = 16 * 1024
"""Bytes of an answer's body that are read; what it says is nobody's business."""
USER_AGENT = "Dunlin-Webhooks/1.0"
NOT_PUBLIC = "must lead to public addresses only"
"""Also said of a name that leads nowhere: which names exist inside isn't for callers to learn."""
_REDIRECTS = range(300, 400)
_TAKEN = range(200, 300)
_MAY_ASK_FOR_A_PAUSE = {429, 503}

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the IP addresses of a host. Raises OSError."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class _RefusedError(Exception):
    """The endpoint may not be called, or not be found."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(reason)
        self.reason = reason


class HttpWebhooks:
    """The WebhookGateway port.

    `may_call` decides about an IP address; `authorities` is a file of certificates, else certifi's;
    `seconds` is what an attempt may take, by `elapsed` (seconds since some moment).
    """

    def __init__(
        self,
        *,
        calls_loopback: bool = False,
        resolve: Resolve = resolve,
        may_call: Callable[[str], bool] = is_public,
        authorities: str | None = None,
        seconds: float = ATTEMPT_SECONDS,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls_loopback = calls_loopback
        self._resolve = resolve
        self._may_call = may_call
        self._authorities = authorities
        self._seconds = seconds
        self._elapsed = elapsed

    def refusal(self, url: str) -> str | None:
        try:
            self._checked(read_address(url, allows_loopback=self._calls_loopback))
        except AddressRefusedError as refused:
            return str(refused)
        except _RefusedError:
            return NOT_PUBLIC
        return None

    def deliver(self, url: str, message: WebhookMessage, secrets: Sequence[str]) -> Answered:
        ends = self._elapsed() + self._seconds
        try:
            address = read_address(url, allows_loopback=self._calls_loopback)
            ip = self._checked(address)
        except AddressRefusedError:
            return Answered(failure=FailureReason.FORBIDDEN)
        except _RefusedError as refused:
            return Answered(failure=refused.reason)
        seconds = ends - self._elapsed()
        if seconds <= 0:  # the system's resolver can't be interrupted
            return Answered(failure=FailureReason.TIMEOUT)
        connection = self._connection(address, ip, min(CONNECT_SECONDS, seconds))
        headers = {"Host": address.authority, **_headers(message, secrets)}
        return _post(connection, address.target, message, headers, seconds)

    def _checked(self, address: EndpointAddress) -> str:
        """Return the one IP address to call. Raises _RefusedError."""
        if self._calls_loopback and address.is_loopback:
            return "127.0.0.1"
        try:
            found = self._resolve(address.host, address.port)
        except (OSError, UnicodeError):
            raise _RefusedError(FailureReason.UNRESOLVED) from None
        if not found:
            raise _RefusedError(FailureReason.UNRESOLVED)
        if not all(self._may_call(each) for each in found):
            raise _RefusedError(FailureReason.FORBIDDEN)
        return min(found, key=lambda each: ":" in each)  # Lambda has no way out by IPv6

    def _connection(self, address: EndpointAddress, ip: str, seconds: float) -> HTTPConnection:
        from urllib3.connection import HTTPConnection, HTTPSConnection

        if address.scheme != HTTPS:
            return HTTPConnection(ip, address.port, timeout=seconds)
        return HTTPSConnection(
            ip,
            address.port,
            timeout=seconds,
            server_hostname=address.host,
            assert_hostname=address.host,
            cert_reqs="CERT_REQUIRED",
            ca_certs=self._authorities or _certifi(),
        )


def _post(
    connection: HTTPConnection,
    target: str,
    message: WebhookMessage,
    headers: dict[str, str],
    seconds: float,
) -> Answered:
    from urllib3.exceptions import HTTPError

    watchdog, body = _Watchdog(connection, seconds), message.body.encode()
    try:
        connection.connect()
        _allow(connection, seconds)
        connection.request(
            "POST", target, body, headers, preload_content=False, decode_content=False
        )
        answer = connection.getresponse()
        if watchdog.barked:  # its headers never ended
            return Answered(failure=FailureReason.TIMEOUT)
        with suppress(HTTPError, HTTPException, OSError, ValueError):
            answer.read(MOST_READ)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        return Answered(failure=_failure(error, timed_out=watchdog.barked))
    finally:
        watchdog.cancel()
        connection.close()
    return _answered(answer.status, answer.headers.get("Retry-After"), message.at)


def _allow(connection: HTTPConnection, seconds: float) -> None:
    """Let what follows the connection take so long: urllib3 sets its own timeout once more."""
    connection.timeout = seconds
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


class _Watchdog:
    """Ends a connection when its time is up, however slowly the other side keeps it busy."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        self._connection = connection
        self.barked = False
        self._timer = Timer(seconds, self._bark)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the connection be."""
        self._timer.cancel()

    def _bark(self) -> None:
        self.barked = True
        if (sock := self._connection.sock) is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _headers(message: WebhookMessage, secrets: Sequence[str]) -> dict[str, str]:
    from standardwebhooks import Webhook

    signatures = [Webhook(each).sign(message.id, message.at, message.body) for each in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message.id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _answered(status: int, retry_after: str | None, now: datetime) -> Answered:
    if status in _TAKEN:
        return Answered(status)
    if status in _REDIRECTS:
        return Answered(status, FailureReason.REDIRECT)
    asks = status in _MAY_ASK_FOR_A_PAUSE
    pause = pause_asked_for(retry_after, now) if asks else timedelta()
    return Answered(status, FailureReason.STATUS, pause)


def _failure(error: Exception, *, timed_out: bool) -> FailureReason:
    from urllib3.exceptions import NewConnectionError
    from urllib3.exceptions import TimeoutError as UrllibTimeoutError
    from urllib3.util.ssl_match_hostname import CertificateError

    if timed_out:
        return FailureReason.TIMEOUT
    if isinstance(error, ssl.SSLError | CertificateError):
        return FailureReason.TLS
    if isinstance(error, NewConnectionError):  # urllib3 derives it from its timeouts
        return FailureReason.CONNECTION
    is_late = isinstance(error, UrllibTimeoutError | TimeoutError)
    return FailureReason.TIMEOUT if is_late else FailureReason.CONNECTION


def _certifi() -> str:
    import certifi

    return certifi.where()
