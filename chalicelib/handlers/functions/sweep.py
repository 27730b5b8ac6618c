"""Every minute: one message per shard, so that shards are swept in parallel."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.services.sweep import sweep


def handle() -> None:
    """Fan out the sweep."""
    sweep(bootstrap.ports())
