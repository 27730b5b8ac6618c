"""How long what is personal is kept, and what of a file has outlived it.

GDPR article 5(1)(e): no longer than is necessary, which follows from the creditor's law. In Germany
letters to customers are kept for six years (HGB section 257(1) no. 2 and 3 and (4), AO section
147(1) no. 2 and 3 and (3)), counted from the end of the calendar year (HGB 257(5), AO 147(4)): at
most seven years from the day. The ledger itself is kept longer (vouchers eight, books ten years),
but it needs no name for that; so it outlives the identity, and isn't deleted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.erasure import BY_PROVIDER, hindrance, nameless, nameless_event
from chalicelib.domain.event import Event
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.whole_file import FiledRecord, WholeFile

SEVEN_YEARS = timedelta(days=2557)
"""Six years from the end of the year in which something happened, two leap days among them."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What a creditor keeps: addresses and subjects of messages, and notes of tasks, for
    `communications`; customers who owe nothing, from the last thing that happened, for
    `settled_customers`."""

    communications: timedelta = SEVEN_YEARS
    settled_customers: timedelta = SEVEN_YEARS


USUAL = Retention()
"""What holds where a creditor says nothing."""


def may_go(file: WholeFile, retention: Retention, now: datetime) -> bool:
    """Say whether a customer is to be erased because nothing has happened for the whole period."""
    cases = tuple(case for case in file.cases if case.is_unfinished)
    working = CustomerFile(file.customer, cases)
    if file.customer.erasure or cases or hindrance(working, file.payments):
        return False
    return max(_moments(file)) + retention.settled_customers <= now


@dataclass(frozen=True, slots=True)
class Expired:
    """What messages and notes said until `cutoff` is taken away; what was still told stays told."""

    cutoff: datetime

    def is_kept(self, record: FiledRecord) -> bool:
        """Say whether a record is younger, or says nothing any more."""
        return self.record(record) == record

    def record(self, record: FiledRecord) -> FiledRecord:
        """Return a message without address and subject; what is done or ended without words."""
        match record:
            case Communication(created_at=at) if at <= self.cutoff:
                return nameless(record)
            case Task(done_at=datetime() as at) if at <= self.cutoff:
                return nameless(record)
            case (
                Dispute(ended_at=datetime() as at)
                | Promise(ended_at=datetime() as at)
                | PaymentPlan(ended_at=datetime() as at)
            ):
                return nameless(record) if at <= self.cutoff else record
            case Charge(created_at=at) if at <= self.cutoff:
                return nameless(record)
            case _:
                return record

    def event(self, event: Event) -> Event:
        """Return the event without what a receiving server wrote, which quotes addresses."""
        old = event.at <= self.cutoff and event.by in BY_PROVIDER
        return nameless_event(event) if old else event


def expired(retention: Retention, now: datetime) -> Expired:
    """Return what is expired now."""
    return Expired(now - retention.communications)


def _moments(file: WholeFile) -> Iterator[datetime]:
    """Yield when something happened between creditor and customer."""
    yield file.customer.created_at
    for invoice in file.invoices:
        yield invoice.settled_at or invoice.created_at
    for case in file.cases:
        yield from (result.at for result in case.results.values())
    for payment in file.payments:
        taken_back = payment.refunded_at, payment.disputed_at
        yield from filter(None, (payment.created_at, payment.paid_at, *taken_back))
    yield from (note.created_at for note in file.credit_notes)
    yield from (charge.created_at for charge in file.charges)
    yield from (each.ended_at or each.created_at for each in file.promises)
    yield from (each.ended_at or each.created_at for each in file.payment_plans)
    yield from (message.created_at for message in file.communications)
    for each in file.disputes:
        yield each.ended_at or each.created_at
    for task in file.tasks:
        yield task.done_at or task.created_at
