"""What was handed over of a case."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.handlers.shapes.common import Timestamp, timestamp
from chalicelib.services.show_hand_over import HandedOver


class HandOverShape(TypedDict):
    """A case that is with an agency or a lawyer (`to`) since a moment. `dossier_url` (PDF) and
    `file_url` (CSV) open for a few minutes, to whoever has them."""

    object: Literal["hand_over"]
    id: str
    case: str
    to: str
    since: Timestamp
    dossier_url: str
    file_url: str
    expires_at: Timestamp


def hand_over_shape(found: HandedOver) -> HandOverShape:
    """Write what was handed over."""
    return HandOverShape(
        object="hand_over",
        id=found.pause.reference or "",
        case=found.case.id,
        to=found.pause.reason,
        since=timestamp(found.pause.since),
        dossier_url=found.dossier.url,
        file_url=found.table.url,
        expires_at=timestamp(min(found.dossier.expires_at, found.table.expires_at)),
    )
