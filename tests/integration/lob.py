"""Lob's stand-in: answers in the shapes of its OpenAPI description (github.com/lob/lob-openapi)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Lob:
    """Lob's stand-in: a letter per Idempotency-Key, unless told to answer otherwise or not at all.

    `script` has what is answered first: a status and an error, or None, by which the connection is
    cut after the letter was taken.
    """

    script: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        self.asked.append((headers, body))
        key = headers["idempotency-key"]
        said = self.script.pop(0) if self.script else (200, {})
        if said is not None and said[0] != 200:
            return said
        self.letters.setdefault(key, f"ltr_{len(self.letters) + 1:016x}")
        return said and (200, {"id": self.letters[key], "object": "letter"})


@contextmanager
def lob_stand_in() -> Iterator[Lob]:
    """Let the stand-in answer on this machine."""
    service = Lob()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = service.answer({k.lower(): v for k, v in self.headers.items()}, body)
            if answer is None:
                self.close_connection = True
                return
            text = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()
