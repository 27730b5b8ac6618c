"""Promises. What they cover is written as lines of fields, with ids cut down to their own part."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.money import currency
from chalicelib.domain.promise import Covered, EndedBy, Promise, PromiseStatus, Source
from chalicelib.storage import keys
from chalicelib.storage.items import PromiseItem
from chalicelib.storage.mapping.common import SEPARATOR, change_of, stamp


def to_record(promise: Promise) -> PromiseItem:
    """Return the item of a promise."""
    return PromiseItem(
        **stamp(promise, keys.child(promise.tenant, ids.PROMISE, promise.id)),
        list_pk=keys.promises_list(promise.tenant, promise.status),
        list_sk=keys.position(ids.PROMISE, promise.id),
        currency=promise.currency.code,
        dates=promise.dates,
        covered=tuple(write_covered(each) for each in promise.covered),
        source=promise.source,
        until=promise.until,
        created_at=promise.created_at,
        grace_days=promise.grace_days,
        status=promise.status,
        kept=promise.kept or None,
        received=promise.received or None,
        ended_by=promise.ended_by,
        ended_at=promise.ended_at,
        taken_by=promise.taken_by,
        note=promise.note,
        request=promise.request,
    )


def from_record(item: PromiseItem) -> Promise:
    """Return the promise of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Promise(
        id=keys.identifier(ids.PROMISE, item.key),
        tenant=tenant,
        customer_id=customer_id,
        currency=currency(item.currency),
        dates=item.dates,
        covered=tuple(read_covered(line, customer_id) for line in item.covered),
        source=Source(item.source),
        until=item.until,
        created_at=item.created_at,
        grace_days=item.grace_days,
        status=PromiseStatus(item.status),
        kept=item.kept or 0,
        received=item.received or 0,
        ended_by=EndedBy(item.ended_by) if item.ended_by else None,
        ended_at=item.ended_at,
        taken_by=item.taken_by,
        note=item.note,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )


def write_covered(covered: Covered) -> str:
    """Return the line of an invoice that is covered."""
    own = ids.parse(ids.INVOICE, covered.invoice_id).own
    return SEPARATOR.join((own, str(covered.paid), str(covered.charges)))


def read_covered(line: str, customer_id: str) -> Covered:
    """Return what a line says."""
    own, paid, charges = line.split(SEPARATOR)
    return Covered(ids.child_id(ids.INVOICE, customer_id, own), int(paid), int(charges))
