"""List a creditor's API keys of both modes: what is shown of them, never the keys."""

from __future__ import annotations

from chalicelib.domain.access import ApiKey
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor


def list_api_keys(ports: Ports, creditor_id: str) -> tuple[ApiKey, ...]:
    """Return the keys, revoked ones too, earliest first in each mode. Raises NotFoundError."""
    creditor = load_creditor(ports, creditor_id)
    return tuple(
        key for mode in Mode for key in ports.configuration.api_keys(Tenant(creditor.id, mode))
    )
