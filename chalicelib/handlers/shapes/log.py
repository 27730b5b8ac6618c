"""Communications, events and tasks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.domain.communication import Communication
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import Timestamp, page_data, timestamp, timestamp_or_none
from chalicelib.handlers.shapes.event_types import EVENT_TYPES
from chalicelib.ports.storage import Cursor, Page


class CommunicationShape(TypedDict):
    """One message out or in. `step` belongs to the first of `cases`, `steps` to each in turn. A
    confirmation has none of them; it says by `about` what was agreed. `text` is what the customer
    wrote, where it came from them.
    """

    id: str
    object: Literal["communication"]
    livemode: bool
    channel: str
    direction: Literal["out", "in"]
    status: Literal["sent", "delivered", "failed", "unconfirmed", "captured", "received"]
    reason: str | None
    customer: str
    cases: list[str]
    invoices: list[str]
    step: str | None
    steps: list[str]
    template: str
    locale: str
    amounts: dict[str, int]
    to: str
    subject: str
    provider_id: str | None
    created_at: Timestamp
    sent_at: Timestamp | None
    text: str | None
    about: str | None


class EventShape(TypedDict):
    """A past-tense fact about the object `object_id`: what, who (`by`) and why. `data` has the
    object's key facts."""

    id: str
    object: Literal["event"]
    livemode: bool
    type: Annotated[
        str,
        Field(
            description="More types will come. Today: "
            + ", ".join(f"`{each}`" for each in EVENT_TYPES)
        ),
    ]
    customer: str | None
    object_id: str
    by: str
    why: str
    data: dict[str, Any]
    created_at: Timestamp


class FeedShape(TypedDict):
    """A page of events, newest first. With `type`, `searched_to` is the event of any type up to
    which it was looked, to go on from; else null."""

    object: Literal["list"]
    data: list[EventShape]
    has_more: bool
    url: str
    searched_to: str | None


def communication_shape(communication: Communication) -> CommunicationShape:
    """Write a communication."""
    steps = [part.step for part in communication.parts]
    return CommunicationShape(
        id=communication.id,
        object="communication",
        livemode=communication.tenant.mode is Mode.LIVE,
        channel=communication.channel,
        direction=communication.direction.value,
        status=communication.status.value,
        reason=communication.reason,
        customer=communication.customer_id,
        cases=list(communication.cases),
        invoices=list(communication.invoices),
        step=steps[0] if steps else None,
        steps=steps,
        template=communication.template,
        locale=communication.locale,
        amounts=communication.amounts,
        to=communication.to,
        subject=communication.subject,
        provider_id=communication.provider_id,
        created_at=timestamp(communication.created_at),
        sent_at=timestamp_or_none(communication.sent_at),
        text=communication.text,
        about=communication.about,
    )


def event_shape(event: Event) -> EventShape:
    """Write an event."""
    return EventShape(
        id=event.id,
        object="event",
        livemode=event.tenant.mode is Mode.LIVE,
        type=event.type,
        customer=event.customer_id,
        object_id=event.object_id,
        by=event.by,
        why=event.why,
        data=event.data,
        created_at=timestamp(event.at),
    )


def feed_shape(page: Page[Event], *, url: str, cursor: Cursor) -> FeedShape:
    """Write a page of the feed, or as much of it as fits into an answer."""
    data, is_cut = page_data(page, event_shape, cursor)
    searched_to = page.searched_to
    if is_cut and searched_to is not None:
        searched_to = data[-1 if cursor.before is None else 0]["id"]
    return FeedShape(
        object="list",
        data=data,
        has_more=page.has_more or is_cut,
        url=url,
        searched_to=searched_to,
    )
