"""Where in the due index something stands: each test clock has a partition of its own, and what
lives on the wall clock is spread over shards by customer. Deliveries to webhook endpoints have
partitions of their own, so that whoever knows nothing of them never reads one."""

from __future__ import annotations

import zlib

from chalicelib.domain.tenant import Tenant

DELIVERIES = "webhook#"


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
    return wall_partition(_shard(customer_id, shards))


def deliveries_partition(shard: int) -> str:
    """Return the partition of a shard of what webhook endpoints are owed, on the wall clock."""
    return f"{DELIVERIES}{shard}"


def delivery_partition(event_id: str, *, shards: int) -> str:
    """Return the partition of whatever an endpoint is owed of an event."""
    return deliveries_partition(_shard(event_id, shards))


def has_deliveries(partition: str) -> bool:
    """Say whether deliveries are due in a partition, rather than cases."""
    return partition.startswith(DELIVERIES)


def _shard(identifier: str, shards: int) -> int:
    return zlib.crc32(identifier.encode()) % shards
