"""The working file: customer, unfinished cases, and the mark of a stretch that was lost.

All of it is one query. The mark is an item beside them, so that nobody who has none pays for it,
and so that it can be made for a file that can't be read.
"""

from __future__ import annotations

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.customer import Customer
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.storage import keys
from chalicelib.storage.items import Item, LostStretchItem
from chalicelib.storage.making_out import item_of
from chalicelib.storage.mapping import from_record
from chalicelib.storage.table import Table

LOST_STRETCH = f"{keys.FILE}LOST"


def read_file(table: Table, tenant: Tenant, customer_id: str) -> CustomerFile | None:
    """Return the file; None where there is no such customer. Raises UnreadableRecordError."""
    in_file = Item.sk.startswith(keys.FILE)
    customer: Customer | None = None
    cases: list[Case] = []
    lost: LostStretch | None = None
    for raw in table.query(keys.partition(tenant, customer_id), in_file, consistent=True):
        item = item_of(raw)
        match _stretch(item) if isinstance(item, LostStretchItem) else from_record(item):
            case Customer() as found:
                customer = found
            case Case() as found:
                cases.append(found)
            case LostStretch() as found:
                lost = found
            case _:
                raise UnreadableRecordError(f"{raw[keys.SORT]['S']} is of no known kind")
    if customer is None and cases:
        raise UnreadableRecordError(f"the file of {customer_id} has no customer")
    return CustomerFile(customer, tuple(cases), lost) if customer else None


def mark_lost(table: Table, tenant: Tenant, customer_id: str, lost: LostStretch) -> None:
    """Put the mark; one that is there already grows."""
    at = _key(tenant, customer_id)
    known = _known(table, at) or lost
    since, until = min(known.since, lost.since), max(known.until, lost.until)
    table.put(LostStretchItem(pk=at.pk, sk=at.sk, since=since, until=until))


def unmark_lost(table: Table, tenant: Tenant, customer_id: str) -> None:
    """Take the mark away, if there is one."""
    table.delete(_key(tenant, customer_id))


def _key(tenant: Tenant, customer_id: str) -> keys.Key:
    return keys.Key(keys.partition(tenant, customer_id), LOST_STRETCH)


def _known(table: Table, at: keys.Key) -> LostStretch | None:
    try:
        item = table.get(at)
    except UnreadableRecordError:  # then it is what spoils the file
        return None
    return _stretch(item) if isinstance(item, LostStretchItem) else None


def _stretch(item: LostStretchItem) -> LostStretch:
    if item.since is None or item.until is None:
        raise UnreadableRecordError(f"{item.sk} lacks its stretch")
    return LostStretch(item.since, item.until)
