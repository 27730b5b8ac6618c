"""Receivers on this machine that misbehave as told, and a certificate to be known by."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.ports.webhooks import WebhookMessage
from tests.builders import utc

MESSAGE = WebhookMessage("evt_1", utc("2026-03-02 09:00"), '{"id":"evt_1"}')
SECRETS = ("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",)
NAME = "receiver.example.com"
PORT = 8443
DRIP = 0.02
"""Seconds between two bytes of a slow receiver."""

Talk = Callable[[socket.socket], None]


@contextmanager
def receiver(talk: Talk, host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Let `talk` answer whoever connects; yields the http address and who connected so far."""
    came: list[str] = []
    with socket.create_server((host, port)) as server:
        server.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(OSError):
                    connection, peer = server.accept()
                    came.append(peer[0])
                    with connection:
                        connection.settimeout(5)
                        talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://{host}:{server.getsockname()[1]}/hook", came
        finally:
            ended.set()
            thread.join()


def read_request(connection: socket.socket) -> bytes:
    """Read a request to its end."""
    got = b""
    while b"\r\n\r\n" not in got or not got.endswith(MESSAGE.body.encode()):
        more = connection.recv(65536)
        if not more:
            break
        got += more
    return got


def hanging_up(_connection: socket.socket) -> None:
    """Say nothing at all."""


def answering(head: bytes, body: bytes = b"") -> Talk:
    """Return a receiver that reads the request and answers."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head + b"\r\n\r\n" + body)

    return talk


def dripping(head: bytes, *, at_once: bytes = b"") -> Talk:
    """Return a receiver that answers a byte at a time, for ever, after what it says at once."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(at_once)
        for byte in head:
            connection.sendall(bytes([byte]))
            time.sleep(DRIP)
        while True:
            connection.sendall(b"x")
            time.sleep(DRIP)

    return talk


def flooding(connection: socket.socket) -> None:
    """Answer with a body without end, as fast as it is taken."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def own_loopback() -> str:
    """Return an address of this machine that no other process of a test run uses."""
    number = os.getpid()
    return f"127.{number >> 16 & 63 | 64}.{number >> 8 & 255}.{number & 255 or 1}"


def a_certificate(folder: Path, name: str) -> Path:
    """Write a certificate for a name that signs itself, with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{name}.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def over_tls(talk: Talk, certificate: Path, asked_for: list[str | None]) -> Talk:
    """Return the receiver behind TLS; `asked_for` gets the names that clients ask for (SNI)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)

    def encrypted(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            talk(tls)

    return encrypted
