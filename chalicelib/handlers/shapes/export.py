"""All that is stored of a customer, as one document or in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from typing_extensions import TypedDict

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
from chalicelib.domain.whole_file import FiledRecord
from chalicelib.handlers.bodies.privacy import as_next
from chalicelib.handlers.shapes.case import CaseShape, case_shape
from chalicelib.handlers.shapes.charge import ChargeShape, charge_shape
from chalicelib.handlers.shapes.common import Timestamp, timestamp_or_none
from chalicelib.handlers.shapes.customer import CustomerShape, customer_shape
from chalicelib.handlers.shapes.dispute import DisputeShape, dispute_shape
from chalicelib.handlers.shapes.invoice import InvoiceShape, invoice_shape
from chalicelib.handlers.shapes.log import (
    CommunicationShape,
    EventShape,
    communication_shape,
    event_shape,
)
from chalicelib.handlers.shapes.payment import (
    CreditNoteShape,
    PaymentShape,
    credit_note_shape,
    payment_shape,
)
from chalicelib.handlers.shapes.payment_plan import PaymentPlanShape, payment_plan_shape
from chalicelib.handlers.shapes.promise import PromiseShape, promise_shape
from chalicelib.handlers.shapes.service import ServiceShape, service_shape
from chalicelib.handlers.shapes.task import TaskShape, task_shape
from chalicelib.handlers.writing import MOST_WEIGHT, weight
from chalicelib.ports.filed import Filed
from chalicelib.ports.messages import Links


class ExportShape(TypedDict):
    """All that is stored of a customer, or a part of it; every part has the customer.

    `visited_at` is when the customer last opened the provider's page, and `checkouts` are the
    provider's ids of those pages. `next` is where the next part begins; null: this was all.
    """

    object: Literal["export"]
    customer: CustomerShape
    visited_at: Timestamp | None
    checkouts: list[str]
    exported_at: Timestamp | None
    invoices: list[InvoiceShape]
    cases: list[CaseShape]
    payments: list[PaymentShape]
    credit_notes: list[CreditNoteShape]
    charges: list[ChargeShape]
    promises: list[PromiseShape]
    payment_plans: list[PaymentPlanShape]
    communications: list[CommunicationShape]
    tasks: list[TaskShape]
    disputes: list[DisputeShape]
    services: list[ServiceShape]
    events: list[EventShape]
    has_more: bool
    next: str | None


def export_shape(customer: Customer, filed: Iterable[Filed], links: Links) -> ExportShape:
    """Write as much of a file as fits into an answer, from its first entry on.

    Raises UnreadableRecordError: an export that leaves something out isn't one.
    """
    document = _empty(customer)
    lists: dict[str, Any] = dict(document)
    total, last = 0, ""
    for each in filed:
        content = each.made_out()
        if isinstance(content, Customer):
            continue
        kind, shape = _shape(content, links)
        total += weight(shape)
        if last and total > MOST_WEIGHT:
            document["has_more"], document["next"] = True, as_next(last)
            break
        lists[kind].append(shape)
        last = each.position
    return document


def _empty(customer: Customer) -> ExportShape:
    return ExportShape(
        object="export",
        customer=customer_shape(customer),
        visited_at=timestamp_or_none(customer.visited_at),
        checkouts=list(customer.checkouts),
        exported_at=timestamp_or_none(customer.exported_at),
        invoices=[],
        cases=[],
        payments=[],
        credit_notes=[],
        charges=[],
        promises=[],
        payment_plans=[],
        communications=[],
        tasks=[],
        disputes=[],
        services=[],
        events=[],
        has_more=False,
        next=None,
    )


SHAPES: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Case: ("cases", case_shape),
    Payment: ("payments", payment_shape),
    CreditNote: ("credit_notes", credit_note_shape),
    Charge: ("charges", charge_shape),
    Promise: ("promises", promise_shape),
    PaymentPlan: ("payment_plans", payment_plan_shape),
    Communication: ("communications", communication_shape),
    Task: ("tasks", task_shape),
    Dispute: ("disputes", dispute_shape),
    Service: ("services", service_shape),
    Event: ("events", event_shape),
    Customer: ("customer", customer_shape),
}
"""In which list of the document a record stands, and how it is written there."""


def _shape(content: FiledRecord | Event, links: Links) -> tuple[str, Any]:
    if isinstance(content, Invoice):
        return "invoices", invoice_shape(content, links)
    kind, shape = SHAPES[type(content)]
    return kind, shape(content)
