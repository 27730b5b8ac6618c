"""Charges, and what is waived of them."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.money import currency
from chalicelib.storage import keys
from chalicelib.storage.items import ChargeItem
from chalicelib.storage.mapping.common import change_of, stamp


def to_record(charge: Charge) -> ChargeItem:
    """Return the item of a charge."""
    return ChargeItem(
        **stamp(charge, keys.child(charge.tenant, ids.CHARGE, charge.id)),
        invoice=charge.invoice_id,
        what=charge.kind,
        currency=charge.currency.code,
        amount=charge.amount,
        created_at=charge.created_at,
        reason=charge.reason,
        basis=charge.basis,
        waives=charge.waives or None,
        step=charge.step,
        request=charge.request,
    )


def from_record(item: ChargeItem) -> Charge:
    """Return the charge of an item."""
    tenant, _ = keys.owner(item.pk)
    return Charge(
        id=keys.identifier(ids.CHARGE, item.key),
        tenant=tenant,
        invoice_id=item.invoice,
        kind=ChargeKind(item.what),
        currency=currency(item.currency),
        amount=item.amount,
        created_at=item.created_at,
        reason=item.reason,
        basis=item.basis,
        waives=item.waives or (),
        step=item.step,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )
