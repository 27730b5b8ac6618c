"""What the adapter makes of an event."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.gateways.stripe_events import of_event, parse_event
from chalicelib.ports.payments import ProviderPayment
from tests.unit.gateways.stripe_payloads import event


def fact(kind: str, obj: dict[str, Any]) -> ProviderPayment | None:
    """Return what an event about this object says, or None where it says nothing to us."""
    parsed = parse_event(json.dumps(event(kind, obj)).encode())
    assert parsed is not None
    return of_event(parsed)


def known(kind: str, obj: dict[str, Any]) -> ProviderPayment:
    """Return what an event about this object must say."""
    found = fact(kind, obj)
    assert found is not None
    return found
