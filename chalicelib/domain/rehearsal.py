"""The world of a preview: invoices that come to be, and what happens to them, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import count

from chalicelib.domain import ids
from chalicelib.domain.account import with_account
from chalicelib.domain.approval import Verdict
from chalicelib.domain.approving import decided
from chalicelib.domain.books import Books
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import (
    Case,
    CaseStatus,
    CustomerFile,
    Pause,
    PauseKind,
    open_case,
)
from chalicelib.domain.charging import Drawn
from chalicelib.domain.contacts import Contact, of_case, remembered
from chalicelib.domain.customer import SYSTEM
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import AS_PLANNED, Reason
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Payment
from chalicelib.domain.promise import Promise
from chalicelib.domain.rehearsed_charges import CHARGING, RehearsedCharges, Terms
from chalicelib.domain.rehearsed_promises import made_up, release_kept
from chalicelib.domain.rehearsed_records import (
    imagined_customer,
    imagined_invoice,
    imagined_payment,
)
from chalicelib.domain.sequence import Scope, Sequence


class HappeningType(StrEnum):
    """What can happen to an invoice in a preview."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    HOLD = "hold"
    RELEASE = "release"
    DISPUTE = "dispute"
    PROMISE = "promise"
    VOID = "void"
    APPROVAL = "approval"
    REFUSAL = "refusal"


_PAUSES = {
    HappeningType.HOLD: PauseKind.HOLD,
    HappeningType.DISPUTE: PauseKind.DISPUTE,
}


_VERDICTS = {
    HappeningType.APPROVAL: Verdict.APPROVED,
    HappeningType.REFUSAL: Verdict.REFUSED,
}


@dataclass(frozen=True, slots=True)
class PreviewInvoice:
    """An invoice as a preview needs it."""

    number: str
    amount: Money
    issue_date: date
    due_date: date


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens to the invoice of that number, and when (UTC).

    `amount` is minor units of the invoice's currency (None: all that is owed); a dispute sets so
    much aside. `until` is a local date: a hold or dispute ends as that day begins, a promise covers
    the whole of it, and so many days of grace more.
    """

    at: datetime
    type: HappeningType
    invoice: str
    amount: int | None = None
    until: date | None = None
    grace_days: int = 0


class Rehearsal:
    """A customer's books while a preview lets time pass over them."""

    def __init__(
        self,
        sequence: Sequence,
        calendar: LocalCalendar,
        invoices: Iterable[PreviewInvoice],
        happenings: Iterable[Happening],
        *,
        start: datetime,
        terms: Terms | None = None,
    ) -> None:
        self.calendar = calendar
        self._sequence = sequence
        self._charges = RehearsedCharges(terms, calendar) if terms else None
        self.rules = Rules({(sequence.id, sequence.version): sequence})
        self._by_account = sequence.scope is Scope.ACCOUNT
        built = {
            each.number: imagined_invoice(each, index, sequence, start)
            for index, each in enumerate(invoices)
        }
        begins = {
            number: max(start, calendar.instant(invoice.issue_date))
            for number, invoice in built.items()
        }
        self._ids = {number: invoice.id for number, invoice in built.items()}
        self._arriving = sorted(
            ((begins[number], invoice) for number, invoice in built.items()),
            key=lambda pair: pair[0],
        )
        ordered = sorted(happenings, key=lambda happening: happening.at)
        self._happening = sorted(
            ((max(each.at, begins[each.invoice]), each) for each in ordered),
            key=lambda pair: pair[0],
        )
        self._payments: list[Payment] = []
        self._promises: list[Promise] = []
        self._numbers = count()
        self.books = Books(imagined_customer(calendar, start), {}, {}, start, SYSTEM)
        self._last_contact_at: datetime | None = None
        self._contacts: tuple[Contact, ...] = ()

    def file(self, due: Collection[str]) -> CustomerFile:
        """Return the customer with those of the cases that are open now, each with its account."""
        if self._by_account:
            known = {case.id: case for case in self.books.cases.values()}
            due = with_account(due, known, self.rules.of)
        cases = (self.books.cases[ids.sibling(case_id, ids.INVOICE)] for case_id in due)
        customer = replace(
            self.books.customer, last_contact_at=self._last_contact_at, contacts=self._contacts
        )
        return CustomerFile(
            customer, tuple(case for case in cases if case.status is CaseStatus.OPEN)
        )

    def record(self, ended: Iterable[Case]) -> None:
        """Put the cases of which steps have ended back into the books."""
        for case in ended:
            known = self.books.cases[case.invoice_id].results
            self.books.cases[case.invoice_id] = case
            for step in case.results.keys() - known.keys():
                self._charge(case, step)
            contacts = (each for each in (self._last_contact_at, case.last_contact_at) if each)
            self._last_contact_at = max(contacts, default=None)
            self._contacts = remembered(self._contacts, of_case(case), self.books.now)

    def charged(self, case_id: str, key: str, now: datetime) -> Drawn | Reason | None:
        """Return what a step charges now, or why nothing; None where it isn't for that."""
        step = self._sequence.step(key)
        if self._charges is None or step.do not in CHARGING:
            return None
        invoice = self.books.invoices[ids.sibling(case_id, ids.INVOICE)]
        return self._charges.draw(step, invoice, self._payments, now)

    def _charge(self, case: Case, key: str) -> None:
        result = case.results[key]
        drawn = self.charged(case.id, key, result.at) if result.reason in AS_PLANNED else None
        if self._charges and isinstance(drawn, Drawn):
            invoice = self.books.invoices[case.invoice_id]
            self._charges.keep(self._sequence.step(key), invoice, drawn, result.at)
            self.books.charge(invoice.id, drawn.amount)

    def next_happening(self) -> datetime | None:
        """Return when next something comes from outside."""
        moments = [coming[0][0] for coming in (self._arriving, self._happening) if coming]
        return min(moments, default=None)

    def happen(self, now: datetime) -> list[str]:
        """Let everything happen whose time has come, and return which cases that changed.

        Invoices arrive first.
        """
        before = dict(self.books.cases)
        self.books.now = now
        while self._arriving and self._arriving[0][0] <= now:
            invoice = self._arriving.pop(0)[1]
            self.books.add_invoice(invoice, open_case(invoice))
            self._payments = [self._applied(payment) for payment in self._payments]
        while self._happening and self._happening[0][0] <= now:
            self._apply(self._happening.pop(0)[1])
            self._promises = release_kept(self.books, self._promises)
        return [case.id for key, case in self.books.cases.items() if before.get(key) is not case]

    def _apply(self, happening: Happening) -> None:
        invoice = self.books.invoices[self._ids[happening.invoice]]
        case = self.books.cases[invoice.id]
        amount = invoice.remaining if happening.amount is None else happening.amount
        match happening.type:
            case HappeningType.PAYMENT:
                payment = imagined_payment(invoice, amount, happening.at, index=len(self._payments))
                self._payments.append(self._applied(payment))
            case HappeningType.CREDIT_NOTE if invoice.is_open:
                self.books.credit(invoice.id, min(amount, invoice.remaining))
            case HappeningType.VOID if invoice.is_open:
                self.books.void(invoice.id)
            case HappeningType.RELEASE:
                self.books.cases[invoice.id] = replace(case, pauses=())
            case HappeningType.PROMISE if amount:
                pauses = (*case.pauses, self._promised(happening, invoice, amount))
                self.books.cases[invoice.id] = replace(case, pauses=pauses)
            case HappeningType.HOLD | HappeningType.DISPUTE:
                pauses = (*case.pauses, self._pause(happening))
                self.books.cases[invoice.id] = replace(case, pauses=pauses)
            case HappeningType.APPROVAL | HappeningType.REFUSAL:
                self.books.cases[invoice.id] = decided(case, None, _VERDICTS[happening.type])
            case _:  # nothing is left to credit or to cancel
                pass

    def _applied(self, payment: Payment) -> Payment:
        """Return the payment applied in full, in as many portions as production takes."""
        while self.books.touched_by(payment):
            payment = self.books.apply(payment)
        return payment

    def _pause(self, happening: Happening) -> Pause:
        until = happening.until
        end = self.calendar.instant(until) if until else None
        kind = _PAUSES[happening.type]
        part = happening.amount if kind is PauseKind.DISPUTE else None
        return Pause(kind=kind, reason="preview", since=happening.at, until=end, amount=part)

    def _promised(self, happening: Happening, invoice: Invoice, amount: int) -> Pause:
        if (day := happening.until) is None:
            return Pause(PauseKind.PROMISE, "preview", happening.at)
        index, grace_days = next(self._numbers), happening.grace_days
        promise = made_up(
            self.books, invoice, amount=amount, day=day, grace_days=grace_days, index=index
        )
        self._promises.append(promise)
        return replace(promise.pause, since=happening.at)
