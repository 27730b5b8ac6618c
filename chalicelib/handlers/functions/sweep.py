"""Every minute: one message per shard, so that shards are swept in parallel.

It also says how much is left of what SES takes in a day, for the alarm.
"""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.observability import gauge
from chalicelib.services.sweep import sweep

QUOTA_LEFT = "EmailQuotaLeft"
"""Percent."""


def handle() -> None:
    """Fan out the sweep."""
    ports = bootstrap.ports()
    sweep(ports)
    if quota := ports.sending.quota("email"):
        gauge(QUOTA_LEFT, quota.percent_left, stage=bootstrap.settings().stage)
