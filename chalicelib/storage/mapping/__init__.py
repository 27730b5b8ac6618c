"""Stored records are not domain objects: `to_record` and `from_record` turn one into the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Record
from chalicelib.storage import items
from chalicelib.storage.items import Item, RecordItem
from chalicelib.storage.making_out import making_out
from chalicelib.storage.mapping import (
    case,
    charge,
    communication,
    customer,
    dispute,
    invoice,
    money,
    payment_plan,
    promise,
    service,
    task,
)
from chalicelib.storage.mapping import test_clock as clock

_FROM: dict[type[Item], Callable[[Any], Record]] = {
    items.CustomerItem: customer.from_record,
    items.InvoiceItem: invoice.from_record,
    items.CaseItem: case.from_record,
    items.PaymentItem: money.payment_from_record,
    items.CreditNoteItem: money.credit_note_from_record,
    items.ChargeItem: charge.from_record,
    items.PromiseItem: promise.from_record,
    items.PaymentPlanItem: payment_plan.from_record,
    items.CommunicationItem: communication.from_record,
    items.TaskItem: task.from_record,
    items.DisputeItem: dispute.from_record,
    items.ServiceItem: service.from_record,
    items.TestClockItem: clock.from_record,
}

_TO: dict[type[Record], Callable[[Any], RecordItem]] = {
    Customer: customer.to_record,
    Invoice: invoice.to_record,
    Payment: money.payment_to_record,
    CreditNote: money.credit_note_to_record,
    Charge: charge.to_record,
    Promise: promise.to_record,
    PaymentPlan: payment_plan.to_record,
    Communication: communication.to_record,
    Task: task.to_record,
    Dispute: dispute.to_record,
    Service: service.to_record,
    TestClock: clock.to_record,
}


def to_record(record: Record, *, shards: int) -> RecordItem:
    """Return the item of a record. `shards` is over how many the wall clock is spread."""
    if isinstance(record, Case):
        return case.to_record(record, shards=shards)
    return _TO[type(record)](record)


def from_record(item: Item) -> Record | None:
    """Return the record of an item; None for an item of another kind (event, reference, mark…).

    Raises UnreadableRecordError where the item lacks what every one of its kind has, since nobody
    shall be followed up by half a record, and where something in it can't be made out.
    """
    build = _FROM.get(type(item))
    if build is None:
        return None
    if lacking := [name for name in _required(type(item)) if getattr(item, name) is None]:
        raise UnreadableRecordError(f"{item.sk} lacks {', '.join(lacking)}")
    with making_out(item.sk):
        return build(item)


@cache
def _required(kind: type[Item]) -> tuple[str, ...]:
    return tuple(name for name, attribute in kind.get_attributes().items() if not attribute.null)


def from_image(image: Mapping[str, Any] | None) -> Record | None:
    """Return the record in an image of the table's stream (DynamoDB's JSON), None for others.

    A case that closes or reopens moves, which the stream tells as a removal and an insertion of
    an item with a version above 1: the removal is no news, and the insertion is all the news.
    """
    if image is None or "kind" not in image:
        return None
    return from_record(Item.from_raw_data(dict(image)))
