"""What reading segments costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.domain.configuration_facts import event_of_segment
from chalicelib.storage.configuration import TableConfiguration
from tests.builders import LIVE, a_segment
from tests.integration.stored import FAR
from tests.world import BILLING


def reads_of_segments(
    configuration: TableConfiguration, unread: TableConfiguration
) -> dict[str, Callable[[], Any]]:
    """Store a segment, and return the calls that read it."""
    segment = a_segment()
    told = event_of_segment(LIVE, "created", segment, BILLING, FAR)
    configuration.save_segment(LIVE, segment, told)
    return {
        "segments, where they decide": lambda: unread.segments(LIVE),
        "segment by id": lambda: unread.segment(LIVE, segment.id),
    }
