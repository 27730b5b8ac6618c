"""An invoice. Always: amount + charged = paid + credited + written off + remaining."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from chalicelib.domain.invoice import Invoice, Line
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.shapes.common import DateText, Timestamp, timestamp, timestamp_or_none
from chalicelib.handlers.shapes.segment import OverrideShape, override_shape
from chalicelib.ports.messages import Links


class LineShape(TypedDict):
    """One line of an invoice."""

    description: str
    amount: int
    quantity: int


class InvoiceShape(TypedDict):
    """An invoice. Amounts are minor units of `currency`. `pay_url` opens the customer's page."""

    id: str
    object: Literal["invoice"]
    livemode: bool
    number: str
    customer: str
    currency: str
    amount: int
    amount_charged: int
    amount_paid: int
    amount_credited: int
    amount_written_off: int
    amount_remaining: int
    status: Literal["open", "paid", "void", "written_off"]
    issue_date: DateText
    due_date: DateText
    case: str
    sequence: str
    sequence_version: int
    sequence_override: OverrideShape | None
    lines: list[LineShape]
    pdf_url: str | None
    pay_url: str
    metadata: dict[str, str]
    created_at: Timestamp
    settled_at: Timestamp | None


class BatchItemShape(TypedDict):
    """What became of one invoice of a batch: its HTTP status, and the invoice or the problem."""

    status: int
    invoice: NotRequired[InvoiceShape]
    error: NotRequired[Problem]


def invoice_shape(invoice: Invoice, links: Links) -> InvoiceShape:
    """Write an invoice."""
    return InvoiceShape(
        id=invoice.id,
        object="invoice",
        livemode=invoice.tenant.mode is Mode.LIVE,
        number=invoice.number,
        customer=invoice.customer_id,
        currency=invoice.currency.code,
        amount=invoice.amount,
        amount_charged=invoice.charges,
        amount_paid=invoice.paid,
        amount_credited=invoice.credited,
        amount_written_off=invoice.written_off,
        amount_remaining=invoice.remaining,
        status=invoice.status.value,
        issue_date=invoice.issue_date.isoformat(),
        due_date=invoice.due_date.isoformat(),
        case=invoice.case_id,
        sequence=invoice.sequence[0],
        sequence_version=invoice.sequence[1],
        sequence_override=override_shape(invoice.override),
        lines=[_line(line) for line in invoice.lines],
        pdf_url=invoice.pdf_url,
        pay_url=links.pay_url(invoice.tenant, invoice.customer_id, None),
        metadata=invoice.metadata,
        created_at=timestamp(invoice.created_at),
        settled_at=timestamp_or_none(invoice.settled_at),
    )


def _line(line: Line) -> LineShape:
    return LineShape(description=line.description, amount=line.amount, quantity=line.quantity)
