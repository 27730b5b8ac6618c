"""What reading segments and API keys costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.configuration_facts import event_of_segment
from chalicelib.storage.configuration import TableConfiguration
from tests.builders import LIVE, a_segment
from tests.integration.stored import FAR
from tests.world import BILLING


def reads_of_configuration(
    configuration: TableConfiguration, unread: TableConfiguration
) -> dict[str, Callable[[], Any]]:
    """Store a segment and a key, and return the calls that read them."""
    segment = a_segment()
    told = event_of_segment(LIVE, "created", segment, BILLING, FAR)
    configuration.save_segment(LIVE, segment, told)
    key = ApiKey("key_1", LIVE, "d" * 64, "abcd", frozenset({AccessScope.READ}), FAR)
    configuration.save_api_key(key)
    return {
        "segments, where they decide": lambda: unread.segments(LIVE),
        "segment by id": lambda: unread.segment(LIVE, segment.id),
        "API key": lambda: unread.api_key(LIVE, key.digest),
        "API keys of a tenant": lambda: unread.api_keys(LIVE),
    }
