"""An answer with its status, and how it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalice.app import Response

JSON = "application/json"
PROBLEM = "application/problem+json"
FIRST_REFUSAL = 400

GUARDS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}
"""What goes with every answer that is data: it is neither kept, nor run, nor framed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON that goes with it."""

    status: int
    body: Mapping[str, object]

    def response(self) -> Response:
        """Return what Chalice sends."""
        media_type = JSON if self.status < FIRST_REFUSAL else PROBLEM
        return Response(
            body=dict(self.body),
            status_code=self.status,
            headers={"Content-Type": media_type, **GUARDS},
        )
