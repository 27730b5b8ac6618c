"""A billing system that calls the API as it is told to: it insists until it is answered.

A lost answer, a 500, a 503, a 429 and the conflicts that pass are waited for, and the same request
is sent again with the same Idempotency-Key. Now and then it is sent again though it was answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.access import AccessScope
from chalicelib.domain.tenant import Tenant
from chalicelib.services.issue_api_key import issue_api_key
from tests.simulation.api import Reply, Request

if TYPE_CHECKING:
    from tests.simulation.life import Life

TRIES = 9
PATIENCE = 60
"""How often a client that is only told to wait comes back."""
PASSING = frozenset({"request_in_progress", "concurrent_change", "test_clock_advancing"})
"""Codes of conflicts that end by themselves."""
ASKED_TWICE = 0.1


class Client:
    """One creditor's systems in one mode, with a key that writes and one that may do all."""

    def __init__(self, life: Life, tenant: Tenant) -> None:
        self.tenant = tenant
        self._life, self._random = life, life.branch()
        self._keys = {
            scope: issue_api_key(life.ports, tenant, [scope])
            for scope in (AccessScope.WRITE, AccessScope.ADMIN)
        }

    def get(self, path: str, *, admin: bool = False) -> Any:
        """Read something; None where that is refused."""
        return self._insist(f"GET {path}", self._request("GET", path, None, admin=admin))

    def patch(self, name: str, path: str, document: Any) -> Any:
        """Change something; None where that is refused."""
        return self._insist(name, self._request("PATCH", path, document))

    def put(self, name: str, path: str, document: Any, *, admin: bool = False) -> Any:
        """Replace something; None where that is refused."""
        return self._insist(name, self._request("PUT", path, document, admin=admin))

    def delete(self, name: str, path: str, *, admin: bool = False) -> Any:
        """Take something away; None where that is refused."""
        return self._insist(name, self._request("DELETE", path, None, admin=admin))

    def post(
        self, name: str, path: str, document: Any = None, *, admin: bool = False, once: bool = True
    ) -> Any:
        """Post something, with an Idempotency-Key if it is to be done once."""
        key = f"{self._random.getrandbits(64):x}" if once else None
        request = self._request("POST", path, document, admin=admin, once=key)
        answer = self._insist(name, request)
        if answer is not None and once and self._random.random() < ASKED_TWICE:
            self._life.scheduler.sleep(self._random.uniform(0.1, 3600))
            self._insist(f"{name} again", request)
        return answer

    def _request(
        self,
        method: str,
        path: str,
        document: Any,
        *,
        admin: bool = False,
        once: str | None = None,
    ) -> Request:
        key = self._keys[AccessScope.ADMIN if admin else AccessScope.WRITE]
        return Request(key, method, path, document, once)

    def _insist(self, name: str, request: Request) -> Any:
        """Send a request until it is answered, and return what it was answered with."""
        life, told = self._life, self._life.told
        lost = 0
        for _ in range(PATIENCE):
            sent_at = life.scheduler.now()
            reply = life.api.call(request, told.commits_of(request))
            if reply:
                told.replied(self.tenant, request, reply, sent_at)
            if reply and reply.status < 300:
                life.tell(f"{name}: done")
                return reply.json
            if reply and not is_passing(reply):
                life.tell(f"{name}: refused, {reply.status} {reply.json['code']}")
                return None
            if reply is None or reply.status >= 500:
                lost += 1
            if lost == TRIES:
                break
            wait = max(reply.wait if reply else 0.0, self._random.uniform(0.5, 2) * 2**lost)
            life.scheduler.sleep(wait)
        life.tell(f"{name}: given up")
        return None


def is_passing(reply: Reply) -> bool:
    """Say whether the same request may well succeed later."""
    return reply.status in {429, 500, 503} or (
        reply.status == 409 and reply.json["code"] in PASSING
    )
