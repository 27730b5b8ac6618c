"""Unique values: claimed with what has them, and released when it has them no more."""

from __future__ import annotations

from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Reference
from chalicelib.storage import keys
from chalicelib.storage.items import ReferenceItem
from chalicelib.storage.keys import Key
from chalicelib.storage.table import Delete, Put, Table


def claim(reference: Reference) -> Put:
    """Return the write by which a value is somebody's, unless it is somebody else's."""
    key = _key(reference)
    free = ReferenceItem.pk.does_not_exist()
    ours_already = ReferenceItem.target == reference.target
    item = ReferenceItem(pk=key.pk, sk=key.sk, target=reference.target)
    return Put(item, free | ours_already)


def release(reference: Reference) -> Delete:
    """Return the write by which a value is nobody's, unless it is somebody else's."""
    key = _key(reference)
    gone_already = ReferenceItem.pk.does_not_exist()
    still_ours = ReferenceItem.target == reference.target
    return Delete(key, gone_already | still_ours)


def sharing(table: Table, tenant: Tenant, kind: str, value: str) -> tuple[str, ...]:
    """Return the targets of a shared value: one query in its partition."""
    found = table.query(keys.reference(tenant, kind, value).pk, None, consistent=True)
    return tuple(raw["target"]["S"] for raw in found)


def _key(reference: Reference) -> Key:
    tenant, kind, value = reference.tenant, reference.kind, reference.value
    if reference.shared:
        return keys.shared_reference(tenant, kind, value, reference.target)
    return keys.reference(tenant, kind, value)
