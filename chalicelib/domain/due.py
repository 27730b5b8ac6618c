"""Where in the due index something stands: each test clock has a partition of its own, and what
lives on the wall clock is spread over shards by customer."""

from __future__ import annotations

import zlib

from chalicelib.domain.tenant import Tenant


def wall_partition(shard: int) -> str:
    """Return the partition of a shard of the wall clock."""
    return f"wall#{shard}"


def clock_partition(tenant: Tenant, clock_id: str) -> str:
    """Return the partition of a test clock; it has one shard."""
    return f"{tenant.key}/{clock_id}#0"


def due_partition(tenant: Tenant, customer_id: str, test_clock: str | None, *, shards: int) -> str:
    """Return the partition of whatever is due for a customer."""
    if test_clock is not None:
        return clock_partition(tenant, test_clock)
    return wall_partition(zlib.crc32(customer_id.encode()) % shards)
