"""Which events a committed change is: read off the record before and after it.

An event's id is made of the record's id, its version and the type, so the same change always
gives the same event, and ids sort by `at`. The event of a new communication or customer has its
own part of the id, by which the ledger lists them. `at` is the record's own time where it has one
(a test clock's customers live in theirs), else the commit's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.domain import (
    choice_facts,
    dispute_facts,
    hand_over_facts,
    ids,
    money_facts,
    plan_facts,
    service_facts,
    task_facts,
)
from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.contacts import Contact
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.instalment import is_of_instalment
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.privacy import Consent, Erasure
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.test_clock import TestClock
from chalicelib.domain.whole_file import FiledRecord

Record = FiledRecord | TestClock
Named = Iterator[tuple[str, dict[str, Any]]]

CUSTOMER_DETAILS = (
    *("name", "email", "phone", "address", "country", "locale", "timezone", "kind", "metadata"),
    "contact_hours",
    *("tags", "risk_grade", "credit_limit"),
)


def events_of(before: Record | None, after: Record | None, at: datetime) -> list[Event]:
    """Return the events of one record's change, committed at `at`; most changes have none.

    A case that moves between working file and archive comes as two changes; the one that
    creates it in its new place tells the event, the removal tells nothing. A case that closes
    may move later, when it is finished; which change closed it, it says itself.
    """
    if after is None or isinstance(after, TestClock):
        return []
    return [_event(after, type_, data, at) for type_, data in _named(before, after)]


def event_of_new(object_id: str) -> str | None:
    """Return the id of the event that tells of a new communication or customer, None for others."""
    prefix, _, part = object_id.partition("_")
    if prefix == ids.COMMUNICATION:
        return ids.sibling(object_id, ids.EVENT)
    return ids.child_id(ids.EVENT, object_id, part) if prefix == ids.CUSTOMER else None


def _named(before: Record | None, after: Record) -> Named:
    match after:
        case Invoice():
            yield from money_facts.invoice(before if isinstance(before, Invoice) else None, after)
        case Case():
            yield from _case(before if isinstance(before, Case) else None, after)
        case Payment():
            yield from money_facts.payment(before if isinstance(before, Payment) else None, after)
        case CreditNote() if before is None:
            yield from money_facts.credit_note(after)
        case Charge() if before is None:
            yield from money_facts.charge(after)
        case Promise() | PaymentPlan() | Dispute() | Service():
            yield from _standing(before, after)
        case Communication():
            yield from _communication(before if isinstance(before, Communication) else None, after)
        case Task():
            yield from task_facts.of_task(before if isinstance(before, Task) else None, after)
        case Customer():
            yield from _customer(before if isinstance(before, Customer) else None, after)


def _standing(before: Record | None, after: Promise | PaymentPlan | Dispute | Service) -> Named:
    if isinstance(after, Service):
        return service_facts.service(before if isinstance(before, Service) else None, after)
    if isinstance(after, Promise):
        return money_facts.promise(before if isinstance(before, Promise) else None, after)
    if isinstance(after, PaymentPlan):
        return plan_facts.plan(before if isinstance(before, PaymentPlan) else None, after)
    return dispute_facts.dispute(before if isinstance(before, Dispute) else None, after)


def _case(before: Case | None, after: Case) -> Named:
    data: dict[str, Any] = {"invoice": after.invoice_id, "number": after.number}
    if after.status is CaseStatus.CLOSED:
        if after.closed_version == after.version:
            yield "case.closed", {**data, "reason": after.closed_reason}
        return
    if before is None or before.status is CaseStatus.CLOSED:
        yield ("case.opened" if after.version == 1 else "case.reopened"), data
        if after.pauses:
            yield "case.paused", {**data, "pauses": _pauses(after)}
        return
    if before.sequence != after.sequence:  # the results that it keeps are told already
        yield "case.sequence_changed", {**data, **choice_facts.of_move(before, after)}
    else:
        yield from choice_facts.of_another_reason(before, after, data)
        yield from _steps(before, after, data)
    if before.pauses != after.pauses:
        kind = "case.paused" if after.pauses else "case.resumed"
        yield kind, {**data, "pauses": _pauses(after)}
        yield from hand_over_facts.of_case(before, after, data)


def _steps(before: Case, after: Case, data: dict[str, Any]) -> Named:
    known = before.results
    for step, result in after.results.items():
        if known.get(step) != result:
            told = {"step": step, "outcome": result.outcome.value, "reason": str(result.reason)}
            if result.communication is None:
                yield f"case.step_{result.outcome.value}", {**data, **told}
    gone = before.results.keys() - after.results.keys()
    for step in sorted(each for each in gone if not is_of_instalment(each)):
        yield "case.step_reopened", {**data, "step": step}


def _pauses(case: Case) -> list[dict[str, Any]]:
    return [
        {"kind": pause.kind.value, "reason": pause.reason}
        | ({} if pause.amount is None else {"amount": pause.amount})
        for pause in case.pauses
    ]


def _communication(before: Communication | None, after: Communication) -> Named:
    if before is None or before.status is not after.status:
        data: dict[str, Any] = {"channel": after.channel}
        if after.parts:
            data["step"] = after.parts[0].step
        else:
            data["message"] = after.template
        if after.about:
            data["about"] = after.about
        if after.reason:
            data["reason"] = after.reason
        yield f"communication.{after.status.value}", data


def _customer(before: Customer | None, after: Customer) -> Named:
    if before is None:
        yield "customer.created", {}
        return
    if before.exported_at != after.exported_at:
        yield "customer.exported", {}
    if after.erasure:  # that it takes name and addresses away goes without saying
        yield from _erasure(before.erasure, after.erasure)
        return
    changed = [name for name in CUSTOMER_DETAILS if getattr(before, name) != getattr(after, name)]
    if changed:
        yield "customer.updated", {"changed": changed}
    yield from choice_facts.of_customer(before, after)
    for address in after.suppressed.keys() - before.suppressed.keys():
        yield "customer.address_suppressed", {"reason": after.suppressed[address].value}
    known = {contact.id for contact in before.contacts}
    for contact in after.contacts:
        if contact.is_told and contact.id not in known:
            yield "customer.contacted", _contact(contact)
    for channel, consent in after.consents.items():
        if before.consents.get(channel) != consent:
            kind = "given" if consent.given else "withdrawn"
            yield f"customer.consent_{kind}", _consent(channel, consent)


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "channel": contact.channel,
        "direction": "in" if contact.inbound else "out",
        "at": contact.at.isoformat(),
        "conversation": contact.conversation,
    }


def _consent(channel: str, said: Consent) -> dict[str, Any]:
    told = {"channel": channel, "source": said.source, "at": said.at.isoformat()}
    if not said.given:
        told["covers"] = said.covers.value
    return {**told, "words": said.words} if said.words else told


def _erasure(before: Erasure | None, after: Erasure) -> Named:
    if before is None:
        yield "customer.erasure_requested", {"reason": after.reason.value}
    elif before.done_at != after.done_at:
        yield "customer.erased", {"reason": after.reason.value}


def _event(
    record: FiledRecord,
    type_: str,
    data: dict[str, Any],
    at: datetime,
) -> Event:
    customer_id = record.id if isinstance(record, Customer) else ids.owner_of(record.id)
    when = record.change.at or _when(record, type_, at)
    part = ids.part(when, ids.meaning(record.id, str(record.version), type_, repr(data)))
    listed = event_of_new(record.id) if record.version == 1 else None
    return Event(
        id=listed or ids.child_id(ids.EVENT, customer_id, part),
        tenant=record.tenant,
        customer_id=customer_id,
        type=type_,
        object_id=record.id,
        at=when,
        by=record.change.by,
        why=record.change.why,
        data=data,
    )


def _when(record: Record, type_: str, at: datetime) -> datetime:
    match record:
        case Communication(sent_at=sent_at, created_at=created_at):
            return (sent_at or created_at) if record.version == 1 else at
        case Task(done_at=done_at, created_at=created_at):
            return done_at or created_at
        case Invoice(settled_at=settled_at, created_at=created_at):
            own = created_at if type_ == "invoice.created" else settled_at
            return own or at
        case Payment(created_at=created_at) | Dispute(created_at=created_at) if record.version == 1:
            return created_at
        case Case(created_at=created_at) if type_ == "case.opened":
            return created_at
        case Customer(created_at=created_at) if type_ == "customer.created":
            return created_at
        case CreditNote(created_at=created_at) | Charge(created_at=created_at):
            return created_at
        case _:
            return at
