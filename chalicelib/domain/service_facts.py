"""Which events a change of a customer's service is: they are what the billing system acts upon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.service import Service, ServiceStatus

Named = Iterator[tuple[str, dict[str, Any]]]

DONE = {
    ServiceAction.RESTORE: "service.restored",
    ServiceAction.LIMIT: "service.limited",
    ServiceAction.DOWNGRADE: "service.downgraded",
    ServiceAction.SUSPEND: "service.suspended",
}
"""What an acknowledgement tells."""
UNANSWERED = "service.unanswered"


def requested(action: ServiceAction) -> str:
    """Return the type of the event that asks for an action."""
    return f"service.{action.value}_requested"


def service(before: Service | None, after: Service) -> Named:
    """Yield what became of a service: asked, also once more, acknowledged, or not answered."""
    data: dict[str, Any] = {
        "action": after.action.value,
        "number": after.number,
        "invoices": list(after.invoices),
    }
    if before is None or (before.number, before.asked_at) != (after.number, after.asked_at):
        yield requested(after.action), {**data, "asked": after.asked}
    elif before.status is not after.status:
        is_done = after.status is ServiceStatus.ACKNOWLEDGED
        yield (DONE[after.action] if is_done else UNANSWERED), data


def expected(service: Service) -> Iterator[str]:
    """Yield the types of the events without which a service couldn't stand as it does."""
    yield requested(service.action)
    if service.status is ServiceStatus.ACKNOWLEDGED:
        yield DONE[service.action]
    elif service.status is ServiceStatus.UNANSWERED:
        yield UNANSWERED
