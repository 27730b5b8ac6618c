"""The books of one customer while a use case changes them: the only place where amounts move.

Whatever moves keeps `amount + charges = paid + credited + written_off + remaining` on each
invoice, the case's copy of what remains, and the customer's balance and credit in step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.allocation import (
    MOST_AT_ONCE,
    MOST_PROMISED_AT_ONCE,
    MOST_WAIVED_AT_ONCE,
    OpenItem,
    merge,
    take_back,
)
from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.choice import Choice
from chalicelib.domain.contacts import of_case, remembered
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.money import Currency
from chalicelib.domain.payment import Allocation, Payment
from chalicelib.domain.promise import AGREED, promised_on
from chalicelib.domain.spreading import spread
from chalicelib.domain.undisputed import undisputed


class AmountExceedsRemainingError(ValueError):
    """More was to be credited than is still owed."""


@dataclass(slots=True)
class Books:
    """A customer with the invoices and cases that a use case touches, by invoice id.

    `waives_charges`: what is left of charges is waived once the invoice itself is paid.
    """

    customer: Customer
    invoices: dict[str, Invoice]
    cases: dict[str, Case]
    now: datetime
    change: Change
    waives_charges: bool = False

    @property
    def at_once(self) -> int:
        """How many invoices one transaction newly pays, or no longer pays."""
        if any(promised_on(self.cases.values(), kind) for kind in AGREED):
            return MOST_PROMISED_AT_ONCE
        return MOST_WAIVED_AT_ONCE if self.waives_charges else MOST_AT_ONCE

    def open_items(self, of: Currency) -> list[OpenItem]:
        """Return what can take money in a currency, as the open cases know it.

        What is disputed isn't among it: nobody pays that without saying so.
        """
        items = [
            OpenItem(case.invoice_id, undisputed(case, self.now), case.due_date)
            for case in self._open_cases(of)
        ]
        return [item for item in items if item.remaining > 0]

    def spread(self, payment: Payment, amount: int) -> tuple[Allocation, ...]:
        """Say where so much of a payment goes; what nothing takes is left over."""
        open_ = self._open_cases(payment.currency)
        return spread(amount, open_, payment.named, self.now, waives=self.waives_charges)

    def add_invoice(self, invoice: Invoice, case: Case) -> None:
        """Put a new invoice and its case into the books."""
        self.invoices[invoice.id] = invoice
        self.cases[invoice.id] = case
        self._owe(invoice.currency, invoice.remaining)
        history = self.customer.history.with_invoice(invoice.issue_date)
        self.customer = replace(self.customer, history=history)

    def follow(self, invoice_id: str, sequence: tuple[str, int], choice: Choice) -> None:
        """Let a new invoice be followed up by a sequence (id and version)."""
        self.invoices[invoice_id] = replace(self.invoices[invoice_id], sequence=sequence)
        case = self.cases[invoice_id]
        self.cases[invoice_id] = replace(case, sequence=sequence, choice=choice)

    def touched_by(self, payment: Payment) -> tuple[str, ...]:
        """Return the invoices that `apply` will change, so that they can be loaded first."""
        before, after = _amounts(payment.allocations), _amounts(self._allocations(payment))
        return tuple(each for each in {**before, **after} if before.get(each) != after.get(each))

    def apply(self, payment: Payment) -> Payment:
        """Bring a payment's allocations into line with its effective amount, and return it.

        What is missing is taken back from the credit and then from the last allocation; what is
        left over pays the named invoices, then the oldest due, and the rest becomes credit. At
        most `at_once` invoices are touched; applying again goes on with the others.
        """
        applied = replace(payment, allocations=self._allocations(payment))
        before, after = _amounts(payment.allocations), _amounts(applied.allocations)
        for invoice_id in self.touched_by(payment):
            delta = after.get(invoice_id, 0) - before.get(invoice_id, 0)
            self._pay(invoice_id, delta, payment.paid_at)
        return applied

    def hold_credit(self, before: Payment | None, after: Payment) -> None:
        """Carry the change of a payment's unapplied rest over to the customer's credit."""
        delta = after.unapplied - (before.unapplied if before else 0)
        held = [each for each in self.customer.credit_payments if each != after.id]
        if after.unapplied > 0:
            held.append(after.id)
        credit = _added(self.customer.credit, after.currency, delta)
        self.customer = replace(self.customer, credit=credit, credit_payments=tuple(held))

    def credit(self, invoice_id: str, amount: int) -> None:
        """Lower what an invoice asks for. Raises AmountExceedsRemainingError."""
        invoice = self.invoices[invoice_id]
        if amount > invoice.remaining:
            raise AmountExceedsRemainingError(f"{amount} exceeds {invoice.remaining}")
        self._owe(invoice.currency, -amount)
        self._settle(replace(invoice, credited=invoice.credited + amount), InvoiceStatus.PAID)

    def charge(self, invoice_id: str, amount: int) -> None:
        """Ask for more beside an invoice, or for less (negative) of what is charged on it.

        Raises AmountExceedsRemainingError where less than nothing of the charges would be open.
        """
        invoice = self.invoices[invoice_id]
        if -amount > invoice.open_charges:
            raise AmountExceedsRemainingError(f"{-amount} exceeds {invoice.open_charges}")
        self._owe(invoice.currency, amount)
        self._settle(replace(invoice, charges=invoice.charges + amount), InvoiceStatus.PAID)

    def void(self, invoice_id: str) -> None:
        """Cancel an invoice: the whole rest is credited, and nothing is owed."""
        invoice = self.invoices[invoice_id]
        self._owe(invoice.currency, -invoice.remaining)
        voided = replace(invoice, credited=invoice.credited + invoice.remaining)
        self._settle(voided, InvoiceStatus.VOID)

    def write_off(self, invoice_id: str) -> None:
        """Give the rest of an invoice up."""
        invoice = self.invoices[invoice_id]
        self._owe(invoice.currency, -invoice.remaining)
        gone = replace(invoice, written_off=invoice.written_off + invoice.remaining)
        self._settle(gone, InvoiceStatus.WRITTEN_OFF)

    def _open_cases(self, of: Currency) -> list[Case]:
        open_ = (case for case in self.cases.values() if case.status is CaseStatus.OPEN)
        return [case for case in open_ if case.currency == of and case.remaining > 0]

    def _allocations(self, payment: Payment) -> tuple[Allocation, ...]:
        if payment.excess:
            return take_back(payment.allocations, payment.excess, at_most=self.at_once)
        new = self.spread(payment, payment.unapplied)[: self.at_once]
        return merge(payment.allocations, new)

    def _pay(self, invoice_id: str, delta: int, paid_at: datetime) -> None:
        invoice = self.invoices[invoice_id]
        paid = replace(invoice, paid=invoice.paid + delta)
        match invoice.status:
            case InvoiceStatus.VOID:
                self.invoices[invoice_id] = replace(paid, credited=invoice.credited - delta)
            case InvoiceStatus.WRITTEN_OFF:
                self.invoices[invoice_id] = replace(paid, written_off=invoice.written_off - delta)
            case _:
                self._owe(invoice.currency, -delta)
                self._settle(self._counted(paid, paid_at), InvoiceStatus.PAID)

    def _counted(self, invoice: Invoice, paid_at: datetime) -> Invoice:
        """Count an invoice that a payment settles in the customer's history."""
        if invoice.remaining > 0:
            return invoice
        days = (self.customer.calendar.date_of(paid_at) - invoice.due_date).days
        history = self.customer.history.with_paid(days)
        self.customer = replace(self.customer, history=history)
        return replace(invoice, days_late=days)

    def _uncounted(self, invoice: Invoice) -> Invoice:
        if invoice.days_late is None:
            return invoice
        history = self.customer.history.without_paid(invoice.days_late)
        self.customer = replace(self.customer, history=history)
        return replace(invoice, days_late=None)

    def _owe(self, of: Currency, delta: int) -> None:
        balance = _added(self.customer.balance, of, delta)
        self.customer = replace(self.customer, balance=balance)

    def _settle(self, invoice: Invoice, settled: InvoiceStatus) -> None:
        if invoice.remaining > 0:
            reopened = replace(invoice, status=InvoiceStatus.OPEN, settled_at=None)
            invoice = self._uncounted(reopened)
        else:
            invoice = replace(invoice, status=settled, settled_at=self.now)
        self.invoices[invoice.id] = invoice
        case = self.cases[invoice.id]
        case = replace(case, remaining=invoice.remaining, charges=invoice.charges)
        self.cases[invoice.id] = self._follow(case, invoice)

    def _follow(self, case: Case, invoice: Invoice) -> Case:
        if invoice.is_open:
            again = case.reopened_at if case.is_open else self.now
            return replace(case, status=CaseStatus.OPEN, closed_reason=None, reopened_at=again)
        moments = [case.last_contact_at, self.customer.last_contact_at]
        latest = max((moment for moment in moments if moment), default=None)
        kept = remembered(self.customer.contacts, of_case(case), self.now)
        contacts = () if self.customer.erasure else kept
        self.customer = replace(self.customer, last_contact_at=latest, contacts=contacts)
        reason = Reason(invoice.status.value)
        closed = replace(case, status=CaseStatus.CLOSED, closed_reason=reason)
        closed = replace(closed, approvals=(), instalment=None)
        return replace(closed, due_at=None, channel=None, closed_version=case.version + 1)


def _amounts(allocations: Iterable[Allocation]) -> dict[str, int]:
    return {allocation.invoice_id: allocation.amount for allocation in allocations}


def _added(amounts: dict[str, int], of: Currency, delta: int) -> dict[str, int]:
    total = amounts.get(of.code, 0) + delta
    rest = {code: amount for code, amount in amounts.items() if code != of.code}
    return {**rest, of.code: total} if total else rest
