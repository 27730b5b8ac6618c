"""What was committed to the table, from its stream.

A batch is one call; where it fails, Lambda halves it until what can't be told is alone, and that
ends in the dead-letter queue. Repeating the rest does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.storage.mapping import from_image
from chalicelib.storage.restored import is_restored


def handle(event: Mapping[str, Any]) -> None:
    """Derive the events of every change in the batch."""
    committed = [record["dynamodb"] for record in event["Records"]]
    changes = [_change(images) for images in committed if not is_restored(images)]
    project_changes(bootstrap.ports(), changes)


def _change(images: Mapping[str, Any]) -> CommittedChange:
    return CommittedChange(
        before=from_image(images.get("OldImage")),
        after=from_image(images.get("NewImage")),
        at=datetime.fromtimestamp(images["ApproximateCreationDateTime"], UTC),
    )
