"""Worker of the webhook queue: deliver one event to one endpoint.

The body is an event exactly as the feed has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.event import Event
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each_try
from chalicelib.handlers.shapes.log import event_shape
from chalicelib.handlers.writing import to_json
from chalicelib.observability import count_for_alarm, logger
from chalicelib.services.publish_event import Published, publish_event

DELIVERED = "WebhookDelivered"
FAILED = "WebhookFailed"
GIVEN_UP = "WebhookGivenUp"


def handle(event: Mapping[str, Any]) -> Answer:
    """Deliver what every message of the batch names."""
    return each_try(event, _one)


def body_of(event: Event) -> str:
    """Return what is posted of an event."""
    return to_json(event_shape(event))


def _one(message: Message, tries: int) -> None:
    outcome = publish_event(bootstrap.ports(), message, body_of, tries)
    if outcome.published is Published.NOTHING:
        return
    _count(outcome.published)
    answered = outcome.answered
    facts = {
        "tenant": message["tenant"],
        "endpoint": message["endpoint"],
        "event": message["event"],
        "status": answered.status if answered else None,
        "reason": answered.failure.value if answered and answered.failure else None,
    }
    logger().info(f"webhook {outcome.published.value}", extra=facts)


def _count(published: Published) -> None:
    """Count what became of an attempt; one that was put off is none."""
    stage = bootstrap.settings().stage
    match published:
        case Published.DELIVERED:
            count_for_alarm(DELIVERED, stage=stage)
        case Published.FAILED:
            count_for_alarm(FAILED, stage=stage)
        case Published.GIVEN_UP:
            count_for_alarm(GIVEN_UP, stage=stage)
