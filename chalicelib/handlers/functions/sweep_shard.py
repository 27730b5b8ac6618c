"""Hand what is due in one partition of the due index over to the channels' queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.observability import count
from chalicelib.services.sweep import sweep_shard


def handle(event: Mapping[str, Any]) -> Answer:
    """Sweep every partition that the batch names."""
    return each(event, _one)


def _one(message: Message) -> None:
    stragglers = "stragglers" in message
    handed_over = sweep_shard(bootstrap.ports(), message["partition"], stragglers=stragglers)
    count("HandedOver", handed_over)
