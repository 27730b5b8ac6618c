"""Two years of a hundred real customers on a test clock: 2,466 invoices, posted on their dates and
paid on theirs (IBM Watson sample "Late Payment Histories").

What must have been sent is worked out day by day by a model of its own, which knows the default
sequence's rules but shares no code with `decide()`.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest

from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from tests.builders import TEST
from tests.scenarios.clock_story import ClockStory
from tests.world import somebody

SHARED = Path(os.environ.get("DUNLIN_SHARED", Path(__file__).parents[3] / "shared"))
INVOICES = SHARED / "data/ibm_late_payments/invoices.csv"
POSTED, PAID = time(4), time(20)
"""UTC, before and after office hours everywhere in PLACES."""
PLACES = {
    "391": ("DE", "Europe/Berlin"),
    "406": ("FR", "Europe/Paris"),
    "770": ("ES", "Europe/Madrid"),
    "818": ("AT", "Europe/Vienna"),
    "897": ("FI", "Europe/Helsinki"),
}
STEPS = {
    "notice_upcoming": (-5, "email"),
    "notice_due": (0, "email"),
    "reminder_first": (4, "email"),
    "reminder_second": (11, "sms"),
    "reminder_third": (20, "email"),
    "notice_final": (34, "email"),
}
GAP_DAYS = 3


@dataclass(slots=True)
class Known:
    """An invoice of the data, and what the model says of it: days sent, and steps skipped."""

    number: str
    customer: str
    place: str
    amount: int
    issued: date
    due: date
    settled: date
    sent: dict[str, date] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)


@pytest.mark.realdata
@pytest.mark.skipif(not INVOICES.exists(), reason="the folder of real data is absent")
def test_two_years_of_real_customers_are_reminded_of_what_is_open_and_of_nothing_else():
    known = _read()
    assert len(known) == 2_466
    _model(known)
    story = ClockStory("2011-12-31 00:00")
    posted = _live_through(story, known)

    for each in known:
        invoice, case = story.invoice(posted[each.number]), story.case(posted[each.number])
        results = case.results
        reached = {step: r.at.date() for step, r in results.items() if r.outcome is Outcome.SENT}
        assert reached == each.sent, each
        dropped = {step for step, r in results.items() if r.outcome is Outcome.SKIPPED}
        assert dropped <= each.skipped, each
        assert all(_waited_for_the_gap(each, step) for step in each.skipped - dropped), each
        assert results.keys() == reached.keys() | dropped, "no step ended otherwise"
        assert all(r.at.date() <= each.settled for r in results.values()), "nothing after payment"
        assert (invoice.status, invoice.paid) == (InvoiceStatus.PAID, each.amount)
        assert (case.status, case.claim, case.due_at) == (CaseStatus.CLOSED, None, None)
    _books_add_up(story, posted)
    assert _sent_per_invoice(story) == sum(len(each.sent) for each in known) == 3_221


def _waited_for_the_gap(each: Known, step: str) -> bool:
    """Say whether the invoice was paid before the customer could be written to again.

    A step that a later one would have taken the place of ends with the case then.
    """
    return all(STEPS[sent][0] < STEPS[step][0] for sent in each.sent)


def _live_through(story: ClockStory, known: list[Known]) -> dict[str, Invoice]:
    posted: dict[str, Invoice] = {}
    moments: dict[datetime, list[tuple[str, Known]]] = defaultdict(list)
    for each in known:
        moments[datetime.combine(each.issued, POSTED, tzinfo=UTC)].append(("post", each))
        moments[datetime.combine(each.settled, PAID, tzinfo=UTC)].append(("pay", each))
    for moment in sorted(moments):
        story.until(moment)
        for deed, each in moments[moment]:
            if deed == "pay":
                story.pay(posted[each.number])
            else:
                posted[each.number] = _post(story, each)
    story.days(60)
    return posted


def _post(story: ClockStory, each: Known) -> Invoice:
    country, timezone = PLACES[each.place]
    customer = somebody(each.customer, country=country, timezone=timezone)
    return story.post(
        each.number, due=each.due, issued=each.issued, amount=each.amount, customer=customer
    )


def _books_add_up(story: ClockStory, posted: dict[str, Invoice]) -> None:
    for customer_id in {invoice.customer_id for invoice in posted.values()}:
        customer = story.ledger.customer(TEST, customer_id)
        assert (customer.balance, customer.credit, customer.credit_payments) == ({}, {}, ())
        payments = story.ledger.payments_of(TEST, customer_id)
        assert all(payment.allocated == payment.amount for payment in payments)


def _sent_per_invoice(story: ClockStory) -> int:
    messages = [*story.email.sent, *story.sms.sent]
    log = [story.ledger.communication(TEST, each.communication_id) for each in messages]
    return sum(len(each.parts) for each in log)


def _model(known: list[Known]) -> None:
    """Walk through the days of each customer and note what has to be sent."""
    customers: dict[str, list[Known]] = defaultdict(list)
    for each in known:
        customers[each.customer].append(each)
    for invoices in customers.values():
        closed = holidays.country_holidays(PLACES[invoices[0].place][0], years=[2012, 2013, 2014])
        last = date.min
        day, end = min(e.issued for e in invoices), max(e.settled for e in invoices)
        while day <= end:
            if day.weekday() < 5 and day not in closed:
                last = _one_day(invoices, day, last)
            day += timedelta(days=1)


def _one_day(invoices: list[Known], day: date, last: date) -> date:
    ready: dict[str, list[tuple[int, str, Known]]] = defaultdict(list)
    for each in invoices:
        if not each.issued <= day <= each.settled:
            continue
        come = [
            (offset, step)
            for step, (offset, _) in STEPS.items()
            if each.due + timedelta(days=offset) <= day
            and step not in each.sent.keys() | each.skipped
        ]
        late = {step for offset, step in come if offset < 0 and day > each.due}
        rest = sorted((offset, step) for offset, step in come if step not in late)
        each.skipped |= late | {step for _, step in rest[:-1]}
        if rest:
            offset, step = rest[-1]
            ready[STEPS[step][1]].append((offset, step, each))
    if not ready or (day - last).days < GAP_DAYS:
        return last
    for _, step, each in max(ready.values(), key=lambda group: max(o for o, _, _ in group)):
        each.sent[step] = day
    return day


def _read() -> list[Known]:
    with INVOICES.open(newline="") as file:
        return [
            Known(
                number=row["invoiceNumber"],
                customer=row["customerID"],
                place=row["countryCode"],
                amount=round(float(row["InvoiceAmount"]) * 100),
                issued=_day(row["InvoiceDate"]),
                due=_day(row["DueDate"]),
                settled=max(_day(row["SettledDate"]), _day(row["InvoiceDate"])),
            )
            for row in csv.DictReader(file)
        ]


def _day(text: str) -> date:
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)
