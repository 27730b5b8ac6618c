"""A small client of Dunlin's public API, as a billing system would write one."""

import http.client
import json
import time
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Json: TypeAlias = dict[str, Any]

_TRIES = 5
_AGAIN = {429, 500, 502, 503, 504}
_TIMEOUT_SECONDS = 60.0
_IN_PROGRESS = "request_in_progress"
_IN_PROGRESS_TRIES = 30
_IN_PROGRESS_PAUSE = 2.0
"""A request whose worker died keeps its Idempotency-Key for half a minute."""


class Refused(Exception):  # noqa: N818 -- the API's answer, not our fault
    """A problem document. `status` is HTTP's, `problem` the document."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status}: {json.dumps(problem)[:800]}")
        self.status = status
        self.problem = problem


class Api:
    """Calls with one key; answers that say "try again" are tried again."""

    def __init__(self, url: str, key: str) -> None:
        self._host = urlsplit(url).netloc
        self._key = key

    def get(self, path: str) -> Json:
        """GET a resource."""
        return self._call("GET", path, None, None)

    def post(self, path: str, body: Json, *, once: str | None = None) -> Json:
        """POST; `once` is the Idempotency-Key, which makes repeating harmless."""
        return self._call("POST", path, body, once)

    def _call(self, method: str, path: str, body: Json | None, once: str | None) -> Json:
        headers = {"Authorization": f"Bearer {self._key}"}
        if once is not None:
            headers["Idempotency-Key"] = once
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        tries = 0
        while True:
            status, answer = self._request(method, path, content, headers)
            pause = _pause(status, answer, tries)
            if pause is None:
                break
            time.sleep(pause)
            tries += 1
        if status >= http.client.BAD_REQUEST:
            raise Refused(status, answer)
        return answer

    def _request(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Json]:
        connection = http.client.HTTPConnection(self._host, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body=content, headers=headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            return http.client.SERVICE_UNAVAILABLE, {"detail": repr(error)}
        finally:
            connection.close()
        try:
            answer: Json = json.loads(text) if text else {}
        except ValueError:
            answer = {"detail": text.decode(errors="replace")[:500]}
        return response.status, answer


def _pause(status: int, answer: Json, tries: int) -> float | None:
    """Seconds after which to try again; None where that wouldn't help, or was tried enough."""
    if answer.get("code") == _IN_PROGRESS:
        return _IN_PROGRESS_PAUSE if tries < _IN_PROGRESS_TRIES else None
    return 0.5 * 2**tries if status in _AGAIN and tries < _TRIES - 1 else None
