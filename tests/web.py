"""The web as a test needs it: a server that answers as told, a client that follows no redirect."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What a server was asked; `path` with its query."""

    path: str
    headers: Message
    body: bytes


Answer = Callable[[Request], tuple[int, bytes]]
"""Returns the status and the body."""


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Answer every GET and POST on a free port of this machine; yields the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = Request(self.path, self.headers, self.rfile.read(length))
            status, body = answer(request)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Lets a redirect come back as the answer that it is."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None
