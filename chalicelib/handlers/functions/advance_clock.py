"""Move test clocks on: everything that would have happened up to then happens, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.tenant import tenant_of
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.services.advance_clock import advance_clock


def handle(event: Mapping[str, Any]) -> Answer:
    """Advance every clock that the batch names."""
    return each(event, _one)


def _one(message: Message) -> None:
    advance_clock(bootstrap.ports(), tenant_of(message["tenant"]), message["clock"])
