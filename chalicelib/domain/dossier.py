"""The dossier of a case that is handed over: what is owed, by whom, and all that was done about it.

It says what stands in the customer's whole file at that moment, in the order of its days. What is
personal and says nothing about the debt (notes, consents, tags) stays out (GDPR article 5(1)(c)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.communication import Direction, TaskStatus
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Customer
from chalicelib.domain.money import Money, totals_by_currency
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Mode
from chalicelib.domain.whole_file import WholeFile


class Happened(StrEnum):
    """What a line of the timeline tells."""

    ISSUED = "issued"
    DUE = "due"
    MESSAGE = "message"
    ANSWER = "answer"
    CALL = "call"
    CHARGED = "charged"
    PAID = "paid"
    CREDITED = "credited"
    PROMISED = "promised"
    PROMISE_ENDED = "promise_ended"
    DISPUTED = "disputed"
    DISPUTE_ENDED = "dispute_ended"


@dataclass(frozen=True, slots=True)
class DossierItem:
    """An invoice that is handed over: `settled` was paid or credited, `remaining` is owed still,
    of which `disputed` is disputed."""

    number: str
    issue_date: date
    due_date: date
    amount: Money
    charges: Money
    settled: Money
    remaining: Money
    disputed: Money


@dataclass(frozen=True, slots=True)
class DossierCharge:
    """A fee or interest on an invoice; what was waived is negative."""

    invoice: str
    kind: str
    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, on a local day of the customer's.

    `about` are words of the record (a message's channel, subject and status; how a promise ended).
    """

    day: date
    what: Happened
    invoices: tuple[str, ...] = ()
    amount: Money | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is handed over `to` somebody on a local day, under an id of its own."""

    id: str
    to: str
    creditor: Creditor
    customer: Customer
    day: date
    items: tuple[DossierItem, ...]
    charges: tuple[DossierCharge, ...]
    timeline: tuple[Line, ...]

    @property
    def totals(self) -> tuple[Money, ...]:
        """What is owed, per currency."""
        return totals_by_currency([item.remaining for item in self.items])

    @property
    def is_test(self) -> bool:
        """Whether nobody real owes it."""
        return self.customer.tenant.mode is Mode.TEST


def dossier_id(case: Case, step: str, day: datetime) -> str:
    """Return the id of what a step hands over on a day, which begins then (UTC): always the same.

    It has the shape of a communication's, by which a customer's documents are found and removed.
    """
    own = ids.part(day, ids.meaning("hand over", case.id, step))
    return ids.child_id(ids.COMMUNICATION, case.customer_id, own)


def dossier_of(
    file: WholeFile, cases: Collection[Case], creditor: Creditor, to: str, name: str, now: datetime
) -> Dossier:
    """Return the dossier of some of the file's cases at `now` (UTC), under the id `name`."""
    teller = _Teller(file, cases, now)
    lines = sorted(teller.lines(), key=lambda line: line.day)
    return Dossier(
        id=name,
        to=to,
        creditor=creditor,
        customer=file.customer,
        day=file.customer.calendar.date_of(now),
        items=tuple(teller.items()),
        charges=tuple(teller.charges()),
        timeline=tuple(lines),
    )


class _Teller:
    """Reads off a whole file what concerns some cases."""

    def __init__(self, file: WholeFile, cases: Collection[Case], now: datetime) -> None:
        self._file, self._now = file, now
        self._cases = sorted(cases, key=lambda case: (case.due_date, case.id))
        self._numbers = {case.invoice_id: case.number for case in cases}
        self._currency = {case.invoice_id: case.currency for case in cases}
        self._day = file.customer.calendar.date_of

    def items(self) -> Iterator[DossierItem]:
        """Yield the invoices, oldest due first."""
        for case in self._cases:
            owed = case.amount + case.charges
            asked = case.asked_at(self._now).amount
            yield DossierItem(
                number=case.number,
                issue_date=case.issue_date,
                due_date=case.due_date,
                amount=Money(case.amount, case.currency),
                charges=Money(case.charges, case.currency),
                settled=Money(owed - case.remaining, case.currency),
                remaining=Money(case.remaining, case.currency),
                disputed=Money(case.remaining - asked, case.currency),
            )

    def charges(self) -> Iterator[DossierCharge]:
        """Yield the charges, the first one made first."""
        for each in sorted(self._file.charges, key=lambda charge: charge.created_at):
            if number := self._numbers.get(each.invoice_id):
                amount = Money(each.amount, each.currency)
                day = self._day(each.created_at)
                yield DossierCharge(number, each.kind.value, day, amount)

    def lines(self) -> Iterator[Line]:
        """Yield what happened, kind by kind."""
        for case in self._cases:
            yield Line(
                case.issue_date, Happened.ISSUED, (case.number,), Money(case.amount, case.currency)
            )
            yield Line(case.due_date, Happened.DUE, (case.number,))
        for charge in self.charges():
            yield Line(
                charge.day, Happened.CHARGED, (charge.invoice,), charge.amount, (charge.kind,)
            )
        yield from self._messages()
        yield from self._money()
        yield from self._said()

    def _messages(self) -> Iterator[Line]:
        for entry in self._file.communications:
            numbers = self._named(entry.invoices)
            about = (entry.channel, entry.subject, entry.status.value)
            if entry.direction is Direction.IN:
                yield Line(self._day(entry.created_at), Happened.ANSWER, about=about[:1])
            elif numbers:
                sent = entry.sent_at or entry.created_at
                yield Line(self._day(sent), Happened.MESSAGE, numbers, about=about)
        for task in self._file.tasks:
            is_done = task.status is TaskStatus.DONE and task.done_at is not None
            number = self._numbers.get(ids.sibling(task.case_id, ids.INVOICE))
            if task.do == Do.CALL and is_done and number and task.done_at:
                yield Line(self._day(task.done_at), Happened.CALL, (number,))

    def _money(self) -> Iterator[Line]:
        for payment in self._file.payments:
            for part in payment.allocations:
                if number := self._numbers.get(part.invoice_id):
                    amount = Money(part.amount, self._currency[part.invoice_id])
                    yield Line(self._day(payment.paid_at), Happened.PAID, (number,), amount)
        for note in self._file.credit_notes:
            if number := self._numbers.get(note.invoice_id):
                amount = Money(note.amount, note.currency)
                yield Line(self._day(note.created_at), Happened.CREDITED, (number,), amount)

    def _said(self) -> Iterator[Line]:
        for promise in self._file.promises:
            if numbers := self._named(promise.invoices):
                amount = Money(promise.amount, promise.currency)
                yield Line(self._day(promise.created_at), Happened.PROMISED, numbers, amount)
                if promise.ended_at:
                    day, how = self._day(promise.ended_at), (promise.status.value,)
                    yield Line(day, Happened.PROMISE_ENDED, numbers, about=how)
        for dispute in self._file.disputes:
            if number := self._numbers.get(dispute.invoice_id):
                why = (dispute.reason.value,)
                yield Line(self._day(dispute.created_at), Happened.DISPUTED, (number,), about=why)
                if dispute.ended_at:
                    how = ((dispute.outcome or dispute.status).value,)
                    day = self._day(dispute.ended_at)
                    yield Line(day, Happened.DISPUTE_ENDED, (number,), about=how)

    def _named(self, invoices: Collection[str]) -> tuple[str, ...]:
        return tuple(self._numbers[each] for each in invoices if each in self._numbers)
