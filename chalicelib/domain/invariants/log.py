"""I1, I2, I8 and I9, as far as the log of messages and the audit trail show them afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.domain import service_facts
from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.communication import Communication, CommunicationStatus, Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.instalment import MESSAGE
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment, PaymentStatus
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.whole_file import FiledRecord

CLOCKS_DIFFER = timedelta(seconds=5)
"""By how much the clocks of two workers may differ, AWS's being kept within milliseconds."""

MAY_HAVE_LEFT = frozenset(CommunicationStatus) - {CommunicationStatus.FAILED}
LOGGED = frozenset({Outcome.SENT, Outcome.UNCONFIRMED, Outcome.CAPTURED})
"""Outcomes that only a message has."""

STILL_OPEN = "open"
"""The status of which nothing is told but that it began."""

TOLD_OF_NEW: dict[type, str] = {
    Customer: "customer.created",
    Invoice: "invoice.created",
    CreditNote: "credit_note.issued",
    Charge: "charge.added",
    Promise: "promise.made",
    PaymentPlan: "plan.made",
    Task: "task.created",
    Dispute: "dispute.opened",
}


def settled_is_left_alone(evidence: Evidence) -> Iterator[str]:
    """I1: no message was claimed after the invoice was settled (`created_at` is the claim's)."""
    for entry in evidence.file.communications:
        about = [evidence.invoices.get(invoice_id) for invoice_id in entry.invoices]
        settled = [invoice.settled_at for invoice in about if invoice and invoice.settled_at]
        if any(moment + CLOCKS_DIFFER < entry.created_at for moment in settled):
            yield entry.id
    for case in evidence.file.cases:
        invoice = evidence.invoices.get(case.invoice_id)
        settled_at = invoice.settled_at if invoice else None
        if case.claim and settled_at and settled_at + CLOCKS_DIFFER < case.claim.at:
            yield case.id


def step_sent_once(evidence: Evidence) -> Iterator[str]:
    """I2: a step goes to an address once; what failed may have gone to another.

    Where the address was erased, nobody can tell any more; it was looked at in the nights before.
    """
    sent: Counter[tuple[str, str, str]] = Counter()
    for entry in evidence.file.communications:
        left = entry.status in MAY_HAVE_LEFT or entry.sent_at is not None
        for part in entry.parts if left and entry.to else ():
            key = (part.case_id, part.step, entry.to)
            sent[key] += 1
            if sent[key] > 1:
                yield entry.id


def result_is_logged(evidence: Evidence) -> Iterator[str]:
    """I8: a step that was sent has its message in the log, about that very step."""
    log = {entry.id: entry for entry in evidence.file.communications}
    for case in evidence.file.cases:
        for step, result in case.results.items():
            if result.outcome not in LOGGED:
                continue
            entry = log.get(result.communication or "")
            if entry is None or (case.id, step) not in _about(entry):
                yield case.id


def asked_what_is_owed(evidence: Evidence) -> Iterator[str]:
    """I9: a message asks for something, in its invoices' currencies, and never for more than all.

    What was owed at its claim can't be seen any more once something was paid or waived.
    """
    charged: Counter[str] = Counter()
    for charge in evidence.file.charges:
        charged[charge.invoice_id] += max(0, charge.amount)
    for entry in evidence.file.communications:
        asked: Counter[str] = Counter()
        for invoice in _about_money(entry, evidence):
            asked[invoice.currency.code] += invoice.amount + charged[invoice.id]
        if any(not 0 < amount <= asked[code] for code, amount in entry.amounts.items()):
            yield entry.id


def change_is_explained(evidence: Evidence) -> Iterator[str]:
    """I8: every record says who changed it last, and why."""
    for record in evidence.file.records:
        if not (record.change.by and record.change.why):
            yield record.id


def happened_already(evidence: Evidence) -> Iterator[str]:
    """What is recorded as having happened lies in the past."""
    latest = evidence.now + CLOCKS_DIFFER
    for record in evidence.file.records:
        if any(moment and moment > latest for moment in _moments(record)):
            yield record.id


def change_is_told(evidence: Evidence) -> Iterator[str]:
    """I8: what a record says of itself, an event tells; and none tells of what isn't there."""
    known = {record.id for record in evidence.file.records}
    yield from sorted({object_id for _, object_id in evidence.file.told} - known)
    for record in evidence.file.records:
        if evidence.has_settled(record):
            wanted = {(type_, record.id) for type_ in _expected(record)}
            if not evidence.file.told.issuperset(wanted):
                yield record.id


def _about_money(entry: Communication, evidence: Evidence) -> list[Invoice]:
    """Return what a message may ask for: an instalment may be of all invoices of its plan, though
    it goes out on one's case."""
    if entry.template == MESSAGE:
        return [*evidence.file.invoices]
    found = (evidence.invoices.get(each) for each in entry.invoices)
    return [each for each in found if each]


def _about(entry: Communication) -> set[tuple[str, str]]:
    return {(part.case_id, part.step) for part in entry.parts}


def _moments(record: FiledRecord) -> Iterator[datetime | None]:
    yield record.created_at
    match record:
        case Invoice():
            yield record.settled_at
        case Case():
            yield from (result.at for result in record.results.values())
            yield from (pause.since for pause in record.pauses)
            yield record.claim.at if record.claim else None
            yield record.reopened_at
        case Communication():
            yield record.sent_at
        case Task():
            yield record.done_at
        case Dispute() | Promise() | PaymentPlan():
            yield record.ended_at
        case Service():
            yield from (record.requested_at, record.asked_at, record.acknowledged_at)
        case _:
            pass


def _of_erasure(record: FiledRecord) -> Iterator[str]:
    erasure = record.erasure if isinstance(record, Customer) else None
    if erasure:
        yield "customer.erasure_requested"
    if erasure and erasure.done_at:
        yield "customer.erased"


def _of_new(record: FiledRecord) -> Iterator[str]:
    if isinstance(record, Charge) and record.kind is ChargeKind.WAIVER:
        yield "charge.waived"
    elif type(record) in TOLD_OF_NEW:
        yield TOLD_OF_NEW[type(record)]


def _expected(record: FiledRecord) -> Iterator[str]:
    """Yield the types of the events without which the record couldn't stand as it does."""
    yield from _of_new(record)
    yield from _of_erasure(record)
    match record:
        case Invoice(status=status) | Dispute(status=status) if status.value != STILL_OPEN:
            yield f"{'invoice' if isinstance(record, Invoice) else 'dispute'}.{status.value}"
        case Case():
            if record.closed_version != 1:
                yield "case.opened"
            if not record.is_open:
                yield "case.closed"
        case Payment(status=status):
            named = {PaymentStatus.SUCCEEDED: "recorded"}.get(status, status.value)
            yield f"payment.{named}"
        case Promise(status=status) | PaymentPlan(status=status) if not record.is_open:
            yield f"{'plan' if isinstance(record, PaymentPlan) else 'promise'}.{status.value}"
        case Communication(status=status):
            yield f"communication.{status.value}"
        case Service():
            yield from service_facts.expected(record)
        case Task(status=TaskStatus.DONE):
            yield "task.completed"
        case _:
            pass
