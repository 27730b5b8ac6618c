"""What of a customer's file is identity, and how each record stands without it.

Erasure (GDPR article 17) ends where the law wants books kept (article 17(3)(b); in Germany HGB
section 257 and AO section 147): amounts, currencies, dates, numbers, allocations and statuses stay,
and so do the ids by which records find each other. Whatever says who it was goes, and so does
whatever a person wrote in words of their own, since nobody can know whom it names. Of events only
what is known to be no words stays, so that a kind of event to come is erased, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar, cast

from chalicelib.domain.case import Case, CustomerFile, Pause
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.errors import (
    CustomerHasMoneyInFlightError,
    CustomerHasOpenInvoicesError,
    DunlinError,
)
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment, PaymentStatus
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.privacy import ERASED, ErasureReason
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.whole_file import FiledRecord

R = TypeVar("R", bound=FiledRecord)

PERSON = "api_key:"
"""How the name of whoever acts by the API begins: a person, or a system that passes their words."""

OURS = frozenset({ERASED, *ErasureReason})
"""What the erasure itself says in a person's name. Any other word may be the reason that a caller
gave, which nobody can tell from the name of a call."""

CODE = re.compile(r"[a-z_]+")
BY_PROVIDER = frozenset({"ses"})
"""Who quotes what others wrote: a receiving server's refusal often has the address in it."""

NAMELESS_FACTS = frozenset({
    "about", "action", "allocations", "amount", "amount_applied", "amount_credited",
    "amount_disputed", "amount_paid", "amount_received", "amount_refunded", "amount_remaining",
    "asked", "at", "case", "changed", "channel", "covers", "credit_note", "currency", "dates",
    "dates_kept", "deadline", "decided_by", "do", "ended_by", "from", "from_version",
    "instalments", "instalments_missed", "instalments_paid", "invoice", "invoices", "kind",
    "method", "number", "reason", "replaces", "segment", "segment_version", "sequence",
    "sequence_version", "source", "status", "step", "waives",
})  # fmt: skip
"""What an event may go on saying."""


def hindrance(file: CustomerFile, payments: Iterable[Payment]) -> DunlinError | None:
    """Return why a customer can't be erased yet, or None.

    While a claim stands, its data are needed to pursue it (GDPR article 17(3)(e)): whoever wants to
    give it up voids the invoice or writes it off. Nor can money be taken or given back without
    knowing whose it is.
    """
    if file.open_cases or file.customer.balance:
        return CustomerHasOpenInvoicesError(
            "Invoices of the customer are open; settle, void or write them off first."
        )
    if file.customer.credit:
        return CustomerHasMoneyInFlightError(
            "The customer has credit; let an invoice use it, or refund it at the provider first."
        )
    if any(_is_in_flight(each) for each in payments):
        return CustomerHasMoneyInFlightError(
            "A payment of the customer is still processing, or is disputed; wait until it is clear."
        )
    return None


def nameless(record: R) -> R:
    """Return a record without identity; one that has none comes back as it is.

    An open case stays as it is: who holds it back, needs to know why. It closes.
    """
    return cast("R", _nameless(record))


def is_nameless(record: FiledRecord) -> bool:
    """Say whether a record has no identity left, its last change's words included."""
    return nameless(record) == record and not _quotes(record.change)


def nameless_event(event: Event) -> Event:
    """Return an event without identity and without anybody's own words."""
    facts = {name: fact for name, fact in event.data.items() if name in NAMELESS_FACTS}
    if "pauses" in event.data:
        facts["pauses"] = [{**pause, "reason": ERASED} for pause in event.data["pauses"]]
    if event.type.startswith(("case.step_", "dispute.")) and "outcome" in event.data:
        facts["outcome"] = event.data["outcome"]
    why = ERASED if _quotes(Change(by=event.by, why=event.why)) else event.why
    return replace(event, why=why, data=facts)


def _quotes(change: Change) -> bool:
    """Say whether a change's `why` may be somebody's own words, or quote an address."""
    if change.by.startswith(PERSON):
        return change.why not in OURS
    return change.by in BY_PROVIDER and not CODE.fullmatch(change.why)


def _nameless(record: FiledRecord) -> FiledRecord:
    match record:
        case Customer():
            return _customer(record)
        case Invoice():
            lines = tuple(replace(line, description=ERASED) for line in record.lines)
            override = replace(record.override, why=ERASED) if record.override else None
            return replace(record, lines=lines, pdf_url=None, metadata={}, override=override)
        case Case():
            return record if record.is_open else replace(record, pauses=_pauses(record))
        case Service():
            return record  # it has no words
        case Charge():
            return replace(record, reason=record.reason and ERASED)
        case Payment() | CreditNote() | Promise() | PaymentPlan() | Communication() | Dispute():
            return replace(record, **_WORDLESS[type(record)])
        case Task():
            asked = replace(record.question, approver=None) if record.question else None
            by_person = record.change.by.startswith(PERSON) and asked is None
            outcome = ERASED if record.outcome and by_person else record.outcome
            return replace(record, outcome=outcome, note=None, assignee=None, question=asked)


_WORDLESS: dict[type, dict[str, Any]] = {
    Payment: {"reference": None},
    CreditNote: {"reason": ERASED},
    Promise: {"taken_by": None, "note": None},
    PaymentPlan: {"taken_by": None, "note": None},
    Communication: {"to": "", "subject": "", "text": None},
    Dispute: {"words": None, "note": None, "assignee": None},
}
"""What of a record are people's own words or addresses, and what stands there instead."""


def _customer(customer: Customer) -> Customer:
    """Country, locale and timezone stay: the ledger's local dates are read by them."""
    return replace(
        customer,
        name="",
        external_id=None,
        email=None,
        phone=None,
        address=None,
        metadata={},
        suppressed={},
        visited_at=None,
        checkouts=(),
        request=None,
        consents={},
        contacts=(),
        contact_hours=None,
        tags=(),
        risk_grade=None,
        credit_limit={},
        override=None,
    )


def _pauses(case: Case) -> tuple[Pause, ...]:
    """Take a person's words away; a payment's are ours, and it may set a pause again later."""
    return tuple(
        pause if pause.reference else replace(pause, reason=ERASED) for pause in case.pauses
    )


def _is_in_flight(payment: Payment) -> bool:
    unclear = payment.status is PaymentStatus.PROCESSING or bool(payment.open_disputes)
    return unclear or bool(payment.excess)
