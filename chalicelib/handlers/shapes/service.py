"""A customer's service: what is asked for it, by which request, and whether it was done."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import Timestamp, timestamp, timestamp_or_none


class ServiceShape(TypedDict):
    """A customer's service. `action` is what the newest request asks for, by its `number`; the
    `invoices` are what it was about when it was asked first. `asked` is how often it was asked.
    `unanswered`: it is no longer asked, and a person has the `task`."""

    id: str
    object: Literal["service"]
    livemode: bool
    status: Literal["requested", "acknowledged", "unanswered"]
    customer: str
    action: Literal["restore", "limit", "downgrade", "suspend"]
    number: int
    invoices: list[str]
    requested_at: Timestamp | None
    asked: int
    asked_at: Timestamp | None
    acknowledged_at: Timestamp | None
    task: str | None
    created_at: Timestamp


def service_shape(service: Service) -> ServiceShape:
    """Write a service."""
    return ServiceShape(
        id=service.id,
        object="service",
        livemode=service.tenant.mode is Mode.LIVE,
        status=service.status.value,
        customer=service.customer_id,
        action=service.action.value,
        number=service.number,
        invoices=list(service.invoices),
        requested_at=timestamp_or_none(service.requested_at),
        asked=service.asked,
        asked_at=timestamp_or_none(service.asked_at),
        acknowledged_at=timestamp_or_none(service.acknowledged_at),
        task=service.task,
        created_at=timestamp(service.created_at),
    )
