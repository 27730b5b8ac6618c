"""What was committed to the table, from its stream: records, and the events of what is set up.

A batch is one call. Where it fails, each change is told by itself, so that one that can't be told
holds up no other; then Lambda halves the batch until that one is alone, and it ends in the
dead-letter queue. Repeating the rest does no harm.

What the dashboard shows of the business is counted here, where every commit comes by. A batch that
is repeated is counted again: the figures are to watch a stage by, the reports are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.event import Event
from chalicelib.observability import gauge, logger
from chalicelib.services.announce import owe_to_endpoints
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.storage import keys
from chalicelib.storage.mapping import from_image
from chalicelib.storage.mapping.event import event_in
from chalicelib.storage.restored import is_restored

HAPPENED = "Happened"
INSERT = "INSERT"
COUNTED = (
    "communication.sent",
    "communication.failed",
    "communication.unconfirmed",
    "invoice.created",
    "invoice.paid",
    "payment.recorded",
    "payment.failed",
)
"""The types of events that are counted, each in a metric of its own (which costs by the month)."""


def handle(event: Mapping[str, Any]) -> None:
    """Derive the events of every change in the batch. Raises the first error of one that fails."""
    records = [record for record in event["Records"] if not is_restored(record["dynamodb"])]
    try:
        _tell(records)
    except Exception as error:
        if len(records) > 1:
            _tell_each(records)
        raise error from None


def _tell_each(records: Sequence[Mapping[str, Any]]) -> None:
    for record in records:
        try:
            _tell([record])
        except Exception as error:  # noqa: BLE001 - the whole batch's error is raised by the caller
            number = record["dynamodb"].get("SequenceNumber")
            facts = {"record": number, "code": type(error).__name__}
            logger().error("a change that can't be told", extra=facts)


def _tell(records: Iterable[Mapping[str, Any]]) -> None:
    committed = list(records)
    changes = [_change(each["dynamodb"]) for each in committed]
    _count(project_changes(bootstrap.ports(), changes))
    told = [event for each in committed if (event := _event_of_configuration(each))]
    owe_to_endpoints(bootstrap.ports(), told)


def _event_of_configuration(record: Mapping[str, Any]) -> Event | None:
    """Return the event that was committed with what is set up, None of any other change.

    The stream's filter says the same. A dead letter is read from the stream without the filter,
    and the events of customers, which this function records, would be owed once more.
    """
    image = record["dynamodb"].get("NewImage")
    if record.get("eventName") != INSERT or not image:
        return None
    is_set_up = image[keys.PARTITION]["S"].endswith(f"#{keys.CONFIGURATION}")
    return event_in(image) if is_set_up else None


def _count(events: Iterable[Event]) -> None:
    happened = Counter((each.type, each.tenant.mode) for each in events if each.type in COUNTED)
    for (event_type, mode), number in happened.items():
        dimensions = {"stage": bootstrap.settings().stage, "mode": mode.value, "type": event_type}
        gauge(HAPPENED, number, **dimensions)


def _change(images: Mapping[str, Any]) -> CommittedChange:
    return CommittedChange(
        before=from_image(images.get("OldImage")),
        after=from_image(images.get("NewImage")),
        at=datetime.fromtimestamp(images["ApproximateCreationDateTime"], UTC),
    )
