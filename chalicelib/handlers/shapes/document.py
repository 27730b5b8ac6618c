"""Where a letter's PDF is."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.communication import Communication
from chalicelib.handlers.shapes.common import Timestamp, timestamp
from chalicelib.ports.letters import DocumentLink


class DocumentShape(TypedDict):
    """Where a letter's PDF is: `url` opens it for a few minutes, to whoever has it."""

    object: Literal["document"]
    communication: str
    url: str
    expires_at: Timestamp


def document_shape(communication: Communication, link: DocumentLink) -> DocumentShape:
    """Write where a letter is."""
    return DocumentShape(
        object="document",
        communication=communication.id,
        url=link.url,
        expires_at=timestamp(link.expires_at),
    )
