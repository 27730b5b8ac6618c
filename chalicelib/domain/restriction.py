"""What a case restricts of the service that its customer gets, until its invoice no longer asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ServiceAction(StrEnum):
    """What becomes of a customer's service; RESTORE gives all of it back."""

    RESTORE = "restore"
    LIMIT = "limit"
    DOWNGRADE = "downgrade"
    SUSPEND = "suspend"


SEVERITY = {
    ServiceAction.RESTORE: 0,
    ServiceAction.LIMIT: 1,
    ServiceAction.DOWNGRADE: 2,
    ServiceAction.SUSPEND: 3,
}
"""Of several restrictions the most severe holds: who is suspended is limited, too."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a step restricted for an invoice, while at least `at_least` is asked for it (minor units
    of the invoice's currency, at least 1).

    `look_at` is when the customer's present request is asked again; only the case that bears the
    request has it. A `lifted` one restricts nothing any more, but bears the request to restore.
    """

    action: ServiceAction
    at_least: int
    look_at: datetime | None = None
    lifted: bool = False
