"""All that is stored of a customer: one query through the whole partition, page by page.

Between two pages something may change. A case that moves meanwhile may be seen in both of its
places, or in neither; then its higher version counts. Whoever must be sure reads twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from pynamodb.expressions.operand import Path

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.domain.whole_file import FiledRecord, WholeFile
from chalicelib.ports.filed import Filed, Unreadable, UnreadableRecordError
from chalicelib.ports.storage import Record
from chalicelib.storage import keys
from chalicelib.storage.items import EventItem, Item
from chalicelib.storage.making_out import item_of
from chalicelib.storage.mapping import event as events
from chalicelib.storage.mapping import from_record
from chalicelib.storage.table import Raw, Table
from chalicelib.storage.working_file import LOST_STRETCH

R = TypeVar("R", bound=Record)
AT_ONCE = 1000
"""How many items a query is asked for: it ends at one megabyte anyhow."""


def read_whole_file(table: Table, tenant: Tenant, customer_id: str) -> WholeFile | None:
    """Return everything in a customer's partition; None where there is no such customer."""
    records: dict[str, Record] = {}
    told: set[tuple[str, str]] = set()
    for raw in table.query(keys.partition(tenant, customer_id), None, consistent=True):
        item = item_of(raw)
        if isinstance(item, EventItem):
            told.add((item.type, item.object_id))
        elif record := from_record(item):
            known = records.get(record.id)
            if known is None or known.version < record.version:
                records[record.id] = record
    customer = records.get(customer_id)
    if not isinstance(customer, Customer):
        if records:
            raise UnreadableRecordError(f"the file of {customer_id} has no customer")
        return None
    return WholeFile(
        customer=customer,
        cases=_of(Case, records.values()),
        invoices=_of(Invoice, records.values()),
        payments=_of(Payment, records.values()),
        credit_notes=_of(CreditNote, records.values()),
        charges=_of(Charge, records.values()),
        promises=_of(Promise, records.values()),
        payment_plans=_of(PaymentPlan, records.values()),
        communications=_of(Communication, records.values()),
        tasks=_of(Task, records.values()),
        disputes=_of(Dispute, records.values()),
        services=_of(Service, records.values()),
        told=frozenset(told),
    )


def read_on(
    table: Table, tenant: Tenant, customer_id: str, after: str | None, limit: int
) -> tuple[Filed, ...]:
    """Return what stands beyond a sort key, as many as asked for; fewer where that was all.

    What can't be made out is among them, as Unreadable.
    """
    beyond = None if after is None else Path(keys.SORT) > after
    found = table.query(
        keys.partition(tenant, customer_id), beyond, consistent=True, limit=min(limit, AT_ONCE)
    )
    filed = (raw for raw in found if raw[keys.SORT]["S"] != LOST_STRETCH)
    return tuple(_filed(raw) for raw in islice(filed, limit))


def _filed(raw: Raw) -> Filed:
    try:
        return Filed(raw[keys.SORT]["S"], _content(Item.from_raw_data(raw)))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are there
        return Filed(raw[keys.SORT]["S"], Unreadable(type(error).__name__))


def _content(item: Item) -> FiledRecord | Event:
    if isinstance(item, EventItem):
        return events.from_record(item)
    record = from_record(item)
    if record is None or isinstance(record, TestClock):
        raise TypeError(f"{item.kind} is nothing of a customer's file")
    return record


def _of(kind: type[R], records: Iterable[Record]) -> tuple[R, ...]:
    found = [each for each in records if isinstance(each, kind)]
    return tuple(sorted(found, key=lambda each: each.id))
