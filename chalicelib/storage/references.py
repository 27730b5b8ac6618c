"""Unique values: claimed with what has them, and released when it has them no more."""

from __future__ import annotations

from chalicelib.ports.storage import Reference
from chalicelib.storage import keys
from chalicelib.storage.items import ReferenceItem
from chalicelib.storage.table import Delete, Put


def claim(reference: Reference) -> Put:
    """Return the write by which a value is somebody's, unless it is somebody else's."""
    key = keys.reference(reference.tenant, reference.kind, reference.value)
    free = ReferenceItem.pk.does_not_exist()
    ours_already = ReferenceItem.target == reference.target
    item = ReferenceItem(pk=key.pk, sk=key.sk, target=reference.target)
    return Put(item, free | ours_already)


def release(reference: Reference) -> Delete:
    """Return the write by which a value is nobody's, unless it is somebody else's."""
    key = keys.reference(reference.tenant, reference.kind, reference.value)
    gone_already = ReferenceItem.pk.does_not_exist()
    still_ours = ReferenceItem.target == reference.target
    return Delete(key, gone_already | still_ours)
