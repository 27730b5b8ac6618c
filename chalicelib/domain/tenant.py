"""A tenant is one creditor in one mode.

Live and test data never meet, since every key names the tenant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Whether records are real business or a sandbox."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Tenant:
    """The owner of a record."""

    creditor_id: str
    mode: Mode

    @property
    def key(self) -> str:
        """The `<creditor>` part of every storage key."""
        return self.creditor_id if self.mode is Mode.LIVE else f"{self.creditor_id}.test"


def tenant_of(key: str) -> Tenant:
    """Return the tenant whose `key` this is."""
    creditor_id, _, suffix = key.partition(".")
    return Tenant(creditor_id=creditor_id, mode=Mode.TEST if suffix else Mode.LIVE)
