"""A customer's browser: opens pages and sends forms, and is told where it is sent on to."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

from tests.web import NoRedirect

AGAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses after which people try again later."""


class PutOffError(Exception):
    """No answer for now; the deed is done again the next day."""


def browse(address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """Return the status and the page, or where it sends the browser. Raises PutOffError."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        with urllib.request.build_opener(NoRedirect).open(address, data, timeout=40) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            if answer.code in AGAIN:
                raise PutOffError(f"the page says {answer.code}") from None
            return answer.code, answer.headers.get("Location", "")
    except (OSError, HTTPException) as error:
        raise PutOffError(f"the page doesn't answer: {error!r}") from None
