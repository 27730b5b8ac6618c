"""Recognising a text without keeping it."""

from __future__ import annotations

from typing import Protocol

from chalicelib.domain.tenant import Tenant


class Fingerprints(Protocol):
    """Keyed hashes: equal texts of a tenant have equal ones, and nobody without the key can try
    out which text one belongs to. Two tenants' fingerprints of a text have nothing in common."""

    def of(self, tenant: Tenant, text: str) -> str:
        """Return the fingerprint of a text, the same for ever."""
