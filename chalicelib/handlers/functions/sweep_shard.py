"""Hand what is due in one partition of the due index over to the channels' queues.

Each sweep says how old the oldest step is that it found. That nothing is said rings too, so it is
also said of a shard in which nothing is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.observability import count, gauge
from chalicelib.services.stragglers import stragglers_in
from chalicelib.services.sweep import sweep_shard

OLDEST = "OldestDueStep"
"""Seconds."""


def handle(event: Mapping[str, Any]) -> Answer:
    """Sweep every partition that the batch names."""
    return each(event, _one)


def _one(message: Message) -> None:
    swept = sweep_shard(bootstrap.ports(), message["partition"], stragglers_in(message))
    count("HandedOver", swept.handed_over)
    if swept.oldest is not None:
        gauge(OLDEST, swept.oldest.total_seconds(), stage=bootstrap.settings().stage)
