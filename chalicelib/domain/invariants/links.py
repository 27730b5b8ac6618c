"""I4 and I6: what stands in two places is the same in both, and names nobody else's records."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.whole_file import FiledRecord

COPIED = (
    *("number", "currency", "amount", "charges", "remaining", "issue_date", "due_date"),
    "sequence",
)


def case_copies_invoice(evidence: Evidence) -> Iterator[str]:
    """Every invoice has its case, which is open as long as it is and copies its facts rightly."""
    for invoice in evidence.file.invoices:
        case = evidence.cases.get(invoice.case_id)
        if (
            case is None
            or case.is_open != invoice.is_open
            or any(getattr(case, name) != getattr(invoice, name) for name in COPIED)
            or case.closed_reason != (None if invoice.is_open else invoice.status.value)
        ):
            yield invoice.case_id
    for case in evidence.file.cases:
        if case.invoice_id not in evidence.invoices:
            yield case.id


def stays_in_its_file(evidence: Evidence) -> Iterator[str]:
    """Every record is the customer's own, lives on their clock, and names theirs only."""
    customer = evidence.file.customer
    known = {record.id for record in evidence.file.records}
    for record in evidence.file.records:
        if record.tenant != customer.tenant or not known.issuperset(_named(record)):
            yield record.id
        if isinstance(record, Case) and record.test_clock != customer.test_clock:
            yield record.id


def _named(record: FiledRecord) -> Iterator[str]:
    """Yield the ids that a record can't do without, its customer's first.

    What a payer chose (`named`) comes from outside, so it isn't among them.
    """
    match record:
        case Customer():
            yield from record.credit_payments
            return
        case CreditNote() | Charge():
            yield ids.owner_of(record.id)
            yield record.invoice_id
            return
        case Case():
            yield from record.open_tasks
        case Payment():
            yield from (allocation.invoice_id for allocation in record.allocations)
            yield from (ids.sibling(each, ids.CASE) for each in record.held)
        case Promise() | PaymentPlan():
            yield from record.invoices
        case Communication():
            yield from record.cases
        case Task():
            yield record.case_id
        case Dispute():
            yield record.invoice_id
            yield from (each for each in (record.task, record.credit_note) if each)
        case Service():
            yield from record.invoices
            yield from (each for each in (record.task, record.bearer) if each)
        case _:
            pass
    yield ids.owner_of(record.id)
    yield record.customer_id
