"""Endpoints' secrets are derived, so that none is stored: HMAC-SHA256 of a key of the stage over
the endpoint's id and the secret's salt (RFC 5869 takes a pseudo-random key apart the same way).

Whoever reads the table, an export or a backup of it can sign nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

from chalicelib.domain.webhook_endpoint import SigningSecret

PREFIX = "whsec_"
NAME_LENGTH = 16
AT_ONCE = timedelta(0)

Keys = Callable[..., tuple[str, ...]]
"""Returns the stage's keys, oldest first; given a time, as they were at most so long ago."""


class KeyMissingError(Exception):
    """The stage hasn't the key any more that a secret was made of."""


class DerivedSecrets:
    """The SigningSecrets port."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def newest_key(self) -> str:
        return _name(self._keys()[-1])

    def secret(self, endpoint_id: str, made: SigningSecret) -> str:
        key = self._found(made.key, self._keys()) or self._found(made.key, self._keys(AT_ONCE))
        if key is None:
            raise KeyMissingError(f"{endpoint_id} has a secret of the key {made.key}")
        facts = f"dunlin webhook\x1f{endpoint_id}\x1f{made.salt}"
        derived = hmac.new(key.encode(), facts.encode(), hashlib.sha256).digest()
        return PREFIX + base64.b64encode(derived).decode()

    def _found(self, name: str, keys: tuple[str, ...]) -> str | None:
        return next((key for key in keys if _name(key) == name), None)


def _name(key: str) -> str:
    """Return what a key is called: nothing of it can be learned from that."""
    return hashlib.sha256(f"dunlin webhook key\x1f{key}".encode()).hexdigest()[:NAME_LENGTH]
