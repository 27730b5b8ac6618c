"""Bodies of webhook endpoints. Whether an address may be called is seen when it is looked up."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, field_validator

from chalicelib.domain.webhook_endpoint import ALL_EVENTS, EndpointStatus
from chalicelib.handlers.bodies.base import Body, Nothing
from chalicelib.handlers.bodies.fields import EndpointId, EventId, Label, Metadata
from chalicelib.handlers.bodies.queries import ListQuery
from chalicelib.handlers.shapes.event_types import EVENT_TYPES
from chalicelib.services.save_webhook_endpoint import EndpointDraft

TYPES = (ALL_EVENTS, *EVENT_TYPES)
LONGEST_OVERLAP = 7 * 24
OVERLAP = 24


def _type(value: str) -> str:
    if value not in TYPES:
        raise ValueError(f"must be `*` or a type of event: {', '.join(EVENT_TYPES)}")
    return value


def _distinct(values: list[str]) -> list[str]:
    if not values:
        raise ValueError("must have at least 1 item(s)")
    return list(dict.fromkeys(values))


EventType = Annotated[
    str, AfterValidator(_type), WithJsonSchema({"type": "string", "enum": list(TYPES)})
]
EventTypes = Annotated[
    list[EventType], AfterValidator(_distinct), Field(json_schema_extra={"minItems": 1})
]
EndpointUrl = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1000,
        description="`https`, a public host name, port 443 or 8443; no redirect is followed.",
    ),
]


class WebhookEndpointBody(Body):
    """Where to deliver which types of events; `*` stands for all, those to come included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://billing.example.com/dunlin", "events": ["invoice.paid"]},
            ]
        }
    )

    url: EndpointUrl
    events: EventTypes
    description: Label | None = None
    metadata: Metadata = Field(default_factory=dict)

    def draft(self) -> EndpointDraft:
        """Return what the use case takes."""
        return EndpointDraft(self.url, tuple(self.events), self.description, self.metadata)


class WebhookEndpointChanges(Body):
    """The fields to change; `metadata` and `events` are replaced whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "enabled"}]})

    url: EndpointUrl | None = None
    events: EventTypes | None = None
    description: Label | None = None
    metadata: Metadata | None = None
    status: Literal["enabled", "disabled"] | None = None

    @field_validator("url", "events", "metadata", "status")
    @classmethod
    def _not_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be null; leave it out to keep it")
        return value

    def given(self) -> dict[str, object]:
        """Return the fields that the request names."""
        given: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        if self.events is not None:
            given["events"] = tuple(self.events)
        if self.status is not None:
            given["status"] = EndpointStatus(self.status)
        return given


class RotationBody(Nothing):
    """For how many hours the old secret signs beside the new one; 0 where it leaked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP)] = OVERLAP

    def overlap(self) -> timedelta:
        """Return what the use case takes."""
        return timedelta(hours=self.overlap_hours)


class EndpointsQuery(ListQuery):
    """A page of webhook endpoints."""

    starting_after: EndpointId | None = None
    ending_before: EndpointId | None = None


class DeliveriesQuery(ListQuery):
    """A page of what an endpoint is owed, by event."""

    starting_after: EventId | None = None
    ending_before: EventId | None = None
