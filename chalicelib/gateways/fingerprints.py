"""Keyed hashes of addresses: HMAC-SHA256 (RFC 2104) under a key that never leaves Secrets Manager's
readers. Phone numbers are so few that a plain hash of one is no more than a spelling of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from chalicelib.domain.tenant import Tenant


class KeyedFingerprints:
    """The Fingerprints port. `key` returns the one key; with another, nothing is recognised."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def of(self, tenant: Tenant, text: str) -> str:
        message = f"{tenant.key}\x1f{text}".encode()
        return hmac.new(self._key().encode(), message, hashlib.sha256).hexdigest()
