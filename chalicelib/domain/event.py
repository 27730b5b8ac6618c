"""An event is a past-tense fact: the audit trail and the outbound feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to which object, who did it and why. `data` states the object's key facts.

    `customer_id` is None where it concerns no customer: what happened to a sequence.
    """

    id: str
    tenant: Tenant
    customer_id: str | None
    type: str
    object_id: str
    at: datetime
    by: str
    why: str
    data: dict[str, Any]
