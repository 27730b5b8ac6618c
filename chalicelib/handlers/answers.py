"""An answer with its status, and how it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalice.app import Response

HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON that goes with it."""

    status: int
    body: Mapping[str, object]

    def response(self) -> Response:
        """Return what Chalice sends."""
        return Response(body=dict(self.body), status_code=self.status, headers=dict(HEADERS))
