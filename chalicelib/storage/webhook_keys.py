"""The keys of webhook endpoints, which stand in the tenant's configuration, and of what each is
owed: a partition per endpoint, in the order of the events."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.storage import keys
from chalicelib.storage.keys import Key

ENDPOINT = "WEBHOOK_ENDPOINT#"
DELIVERY = "DELIVERY#"
_OWED = "#WEBHOOK#"


def endpoint(tenant: Tenant, endpoint_id: str) -> Key:
    """Return the key of an endpoint."""
    return Key(keys.configuration(tenant), ENDPOINT + endpoint_id)


def deliveries(tenant: Tenant, endpoint_id: str) -> str:
    """Return the partition of what an endpoint is owed."""
    return f"{tenant.key}{_OWED}{endpoint_id}"


def delivery(tenant: Tenant, endpoint_id: str, event_id: str) -> Key:
    """Return the key of a delivery. Raises ValueError for what is no event's id."""
    sort = DELIVERY + keys.position(ids.EVENT, event_id)
    return Key(deliveries(tenant, endpoint_id), sort)


def owed(key: Key) -> tuple[Tenant, str, str] | None:
    """Return tenant, endpoint and event of a delivery's key; None for any other key."""
    tenant_key, found, endpoint_id = key.pk.partition(_OWED)
    if not found:
        return None
    position = key.sk.removeprefix(DELIVERY)
    own, customer = position[: ids.PART], position[ids.PART :]
    event_id = ids.child_id(ids.EVENT, ids.customer_id(customer), own)
    return tenant_of(tenant_key), endpoint_id, event_id
