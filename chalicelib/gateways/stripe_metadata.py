"""Our metadata on Stripe's objects: whose payment it is, and what the customer chose to pay.

We write it on the Checkout Session and its PaymentIntent, from which Stripe copies it to the
charge. Everything else at the creditor's account carries none and isn't ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant

CREDITOR, MODE, CUSTOMER = "dunlin_creditor", "dunlin_mode", "dunlin_customer"
INVOICES, COMMUNICATION = "dunlin_invoices", "dunlin_communication"
VALUE_LENGTH = 500
"""Stripe's limit of one value; longer lists of invoices go on in `dunlin_invoices_2`…"""
MAX_KEYS = 50
_OTHER_KEYS = 4


@dataclass(frozen=True, slots=True)
class Ours:
    """What our metadata says of a payment. `named` are ids of invoices; none = oldest first."""

    tenant: Tenant
    customer_id: str
    named: tuple[str, ...] = ()
    communication_id: str | None = None


def written(ours: Ours) -> dict[str, str]:
    """Return the metadata that says this.

    Where there are more invoices than fit (over 600), none are named: the oldest are paid first.
    """
    room = (VALUE_LENGTH + 1) // (len(max(ours.named, key=len, default="")) + 1)
    lists = [ours.named[start : start + room] for start in range(0, len(ours.named), room)]
    if len(lists) > MAX_KEYS - _OTHER_KEYS:
        lists = []
    metadata = {
        CREDITOR: ours.tenant.creditor_id,
        MODE: ours.tenant.mode.value,
        CUSTOMER: ours.customer_id,
    }
    metadata |= {_list_key(number): ",".join(named) for number, named in enumerate(lists, 1)}
    if ours.communication_id:
        metadata[COMMUNICATION] = ours.communication_id
    return metadata


def ours_in(metadata: Mapping[str, str] | None) -> Ours | None:
    """Return what our metadata says, None where there is none. Ids that are no ids are left out."""
    values = metadata or {}
    creditor_id, mode = values.get(CREDITOR), values.get(MODE)
    customer_id = values.get(CUSTOMER, "")
    if not creditor_id or mode not in set(Mode) or not _is_customer(customer_id):
        return None
    named = (each for text in _lists(values) for each in text.split(","))
    communication_id = values.get(COMMUNICATION, "")
    return Ours(
        tenant=Tenant(creditor_id, Mode(mode)),
        customer_id=customer_id,
        named=tuple(each for each in named if _is_of(ids.INVOICE, each, customer_id)),
        communication_id=communication_id
        if _is_of(ids.COMMUNICATION, communication_id, customer_id)
        else None,
    )


def _list_key(number: int) -> str:
    return INVOICES if number == 1 else f"{INVOICES}_{number}"


def _lists(values: Mapping[str, str]) -> Iterator[str]:
    for number in range(1, MAX_KEYS):
        if (text := values.get(_list_key(number))) is None:
            return
        yield text


def _is_customer(identifier: str) -> bool:
    try:
        ids.customer_part(identifier)
    except ValueError:
        return False
    return True


def _is_of(prefix: str, identifier: str, customer_id: str) -> bool:
    try:
        return ids.customer_id(ids.parse(prefix, identifier).customer) == customer_id
    except ValueError:
        return False
