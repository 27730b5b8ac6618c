"""What somebody who calls needs at hand: whom, which number, what is owed, what to offer, and when.

It is made from the file whenever somebody looks, and stored nowhere: so it is never out of date,
and an erasure has nothing to find. The best time is the first moment from now on that every rule
allows: the hours, the pauses of the case, what the task was put off to, and earlier contacts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib.domain.calendar import SendWindow, Weekday
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Task
from chalicelib.domain.contacts import of_file, of_step
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.money import Money
from chalicelib.domain.restraint import calling_hours, free_day
from chalicelib.domain.sentences import sentence
from chalicelib.domain.sequence import Do, Sequence
from chalicelib.domain.timing import Timing

OFFICE_HOURS = SendWindow(
    frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI}),
    time(9),
    time(17),
    skip_holidays=True,
)
"""When to call where nobody said anything else."""
OFFERED_FOR = timedelta(days=14)
"""How far ahead the script offers a day to pay: two weeks, within which most people are paid."""

NO_NUMBER = "There is no number that may be called."
_OWN_HOURS = "These are the hours that the customer wishes, within those of the sequence."
_SEQUENCE = "These are the hours of the sequence."
_RULES = "Calls are allowed from 8:00 to 21:00 at the customer's place (12 CFR 1006.6(b)(1)(i))."
_OFFICE = "The sequence has no hours, so these are usual office hours at the customer's place."
_PUT_OFF = "The task was put off until then."
_ENDLESS = "The case is paused until somebody lets it go on."


@dataclass(frozen=True, slots=True)
class BestTime:
    """From when until when to call (UTC), on one local day of the customer's."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class CallSheet:
    """A call to make. `asked` leaves out what is `disputed`; `offered` is the last day to offer.

    `phone` is None where no number may be called, `best` where a pause has no end; `reasons` say
    in sentences what the time follows from, and what is missing.
    """

    creditor: Creditor
    name: str
    phone: str | None
    locale: str
    number: str
    asked: Money
    disputed: Money | None
    due_date: date
    today: date
    offered: date
    broke_promise: bool
    best: BestTime | None
    reasons: tuple[str, ...]


def call_sheet(
    task: Task,
    case: Case,
    file: CustomerFile,
    sequence: Sequence,
    creditor: Creditor,
    now: datetime,
) -> CallSheet:
    """Return what is needed for a call about an open case of the file, at that moment (UTC)."""
    customer = file.customer
    best, reasons = _best_time(task, case, file, sequence, now)
    phone, asked = _number(customer), case.asked_at(now)
    today = customer.calendar.date_of(now)
    return CallSheet(
        creditor=creditor,
        name=customer.name,
        phone=phone,
        locale=customer.locale,
        number=case.number,
        asked=asked,
        disputed=(case.owed - asked) or None,
        due_date=case.due_date,
        today=today,
        offered=today + OFFERED_FOR,
        broke_promise=customer.broken_promises > 0,
        best=best,
        reasons=reasons if phone else (NO_NUMBER, *reasons),
    )


def _number(customer: Customer) -> str | None:
    """Return the number unless it is wrong or calls are refused; STOP is about text messages."""
    if customer.phone is None or not customer.allows(Do.CALL):
        return None
    is_wrong = customer.suppressed.get(customer.phone.lower()) is Suppression.INVALID
    return None if is_wrong else customer.phone


def _best_time(
    task: Task, case: Case, file: CustomerFile, sequence: Sequence, now: datetime
) -> tuple[BestTime | None, tuple[str, ...]]:
    customer, calendar = file.customer, file.customer.calendar
    narrowed = Timing.of(customer, sequence).sequence
    window, why = _hours(customer, narrowed)
    earliest, reasons = now, [why]
    if task.snoozed_until and task.snoozed_until > earliest:
        earliest, reasons = task.snoozed_until, [*reasons, _PUT_OFF]
    if pause := case.pause_at(now):
        if pause.until is None:
            return None, (_ENDLESS,)
        earliest = max(earliest, pause.until)
        reasons.append(sentence(pause.kind.value))
    begins = calendar.next_open(window, earliest)
    # That this call was handed over counts as a contact; it must not hold back itself.
    own = of_step(case.id, task.step)
    contacts = [each for each in of_file(file) if each.id != own]
    held = free_day(Do.CALL, case, narrowed, contacts, calendar, calendar.date_of(begins))
    if held:
        begins = calendar.next_open(window, calendar.first_moment(window, held[0]))
        reasons.append(sentence(held[1]))
    ends = calendar.instant(calendar.date_of(begins), window.closes)
    return BestTime(begins, ends), tuple(reasons)


def _hours(customer: Customer, sequence: Sequence) -> tuple[SendWindow, str]:
    window = calling_hours(Do.CALL, sequence)
    if window is None:
        return OFFICE_HOURS, _OFFICE
    if customer.contact_hours:
        return window, _OWN_HOURS
    return window, _SEQUENCE if sequence.window else _RULES
