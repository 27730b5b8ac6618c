"""A use case that moves money opens the books of one customer, changes them, and closes them.

Closing them gives the writes of one transaction: every changed record with its next version,
and every changed open case scheduled anew, with what leads its account from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.account import account_key
from chalicelib.domain.books import Books
from chalicelib.domain.case import CustomerFile
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.holding import change_pauses, to_change
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.schedule import rescheduled
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import changing, creating, now_of, rules_for
from chalicelib.services.judge_plans import judge_plans
from chalicelib.services.judge_promises import BESIDE, judge_promises
from chalicelib.services.waive_settled import waive_charges_of, waives

if TYPE_CHECKING:
    from chalicelib.domain.case import Case
    from chalicelib.domain.charge import Charge
    from chalicelib.domain.customer import Change, Customer
    from chalicelib.domain.payment import Payment
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.all import Ports
    from chalicelib.ports.storage import Record, Write


@dataclass(slots=True)
class OpenBooks:
    """Open books, and how the records stood when they were opened.

    `beside` is how many items of the transaction are written by whoever opened them.
    """

    ports: Ports
    books: Books
    customer: Customer
    invoices: dict[str, Invoice]
    cases: dict[str, Case]
    charges: list[Charge] = field(default_factory=list)
    beside: int = BESIDE

    def load(self, invoice_ids: Iterable[str]) -> None:
        """Bring invoices, and their cases where they are closed, into the books.

        Raises WriteConflictError where an invoice was changed since its case was read.
        """
        missing = [each for each in invoice_ids if each not in self.books.invoices]
        invoices = self.ports.ledger.invoices(self.customer.tenant, missing)
        self.load_cases(invoices)
        self.invoices |= invoices
        self.books.invoices |= invoices
        for invoice in invoices.values():
            if self.books.cases[invoice.id].remaining != invoice.remaining:
                raise WriteConflictError(f"{invoice.id} was changed in between")

    def invoice(self, invoice_id: str) -> Invoice:
        """Return an invoice of the customer as the books have it, brought in where it isn't yet."""
        self.load([invoice_id])
        return self.books.invoices[invoice_id]

    def post(self, before: Payment | None, after: Payment) -> Payment:
        """Apply a new or changed payment, and return it with its allocations and what it holds.

        No more than `books.at_once` invoices and their cases are changed. Money moves first, so
        that nothing is released that more of it is about to settle.
        """
        touched = self.books.touched_by(after)
        self.load(touched)
        applied = self.books.apply(after)
        self.waive_settled(touched)
        self.books.hold_credit(before, applied)
        wanted = to_change(self.books, before, applied)
        others = [each for each in wanted if each not in touched][
            : self.books.at_once - len(touched)
        ]
        self.load_cases(others)
        return change_pauses(
            self.books, applied, [*(each for each in wanted if each in touched), *others]
        )

    def waive_settled(self, invoice_ids: Iterable[str]) -> None:
        """Waive what is charged on invoices that were paid just now, where the policy says so."""
        paid = [
            each
            for each in invoice_ids
            if (old := self.invoices.get(each))
            and old.principal > 0
            and _owes_charges_only(self.books.invoices[each])
        ]
        self.charges += waive_charges_of(self.ports, self.books, paid)

    def is_done(self, payment: Payment) -> bool:
        """Say whether nothing of a payment is left to post."""
        moves = self.books.touched_by(payment)
        return not moves and not to_change(self.books, payment, payment)

    def close(self) -> list[Write[Record]]:
        """Return the writes for everything that changed, and for what it makes of promises and
        plans."""
        books, change = self.books, self.books.change
        agreed = judge_promises(self)
        agreed += judge_plans(self, others=len(agreed))
        self._schedule()
        writes = self.beside_cases()
        for invoice_id, case in books.cases.items():
            if (before := self.cases.get(invoice_id)) is None:
                writes.append(creating(case, change))
            elif before != case:
                writes.append(changing(before, case, change))
        return [*writes, *agreed]

    def beside_cases(self) -> list[Write[Record]]:
        """Return the writes for everything that changed but cases, which somebody else writes."""
        books, change = self.books, self.books.change
        writes: list[Write[Record]] = []
        if books.customer != self.customer:
            writes.append(changing(self.customer, books.customer, change))
        for invoice_id, invoice in books.invoices.items():
            if (old := self.invoices.get(invoice_id)) is None:
                writes.append(creating(invoice, change))
            elif old != invoice:
                writes.append(changing(old, invoice, change))
        writes += [creating(charge, change) for charge in self.charges]
        return writes

    def load_cases(self, invoice_ids: Iterable[str]) -> None:
        """Bring the cases of invoices into the books, where they aren't in them yet."""
        missing = [
            ids.sibling(each, ids.CASE) for each in invoice_ids if each not in self.books.cases
        ]
        cases = self.ports.ledger.cases(self.customer.tenant, missing) if missing else {}
        for case in cases.values():
            self.cases[case.invoice_id] = case
            self.books.cases[case.invoice_id] = case

    def _schedule(self) -> None:
        books = self.books
        unfinished = [case for case in books.cases.values() if case.is_unfinished]
        changed = [case for case in books.cases.values() if self.cases.get(case.invoice_id) != case]
        accounts = {account_key(case) for case in changed}
        concerned = (account_key(case) in accounts or case.instalment for case in unfinished)
        if not (changed and any(concerned)):
            return
        rules = rules_for(self.ports, books.customer.tenant, unfinished)
        file = CustomerFile(books.customer, tuple(unfinished))
        anew = rescheduled(file, rules, books.now, changed)
        books.cases |= {case.invoice_id: case for case in anew}


def _owes_charges_only(invoice: Invoice) -> bool:
    return invoice.is_open and invoice.principal == 0 and invoice.open_charges > 0


def open_books(ports: Ports, tenant: Tenant, change: Change, customer_id: str) -> OpenBooks:
    """Read a customer's file and open the books on it. Raises NotFoundError."""
    file = ports.ledger.file(tenant, customer_id)
    if file is None:
        raise NotFoundError(f"There is no customer {customer_id}.")
    return books_on(ports, change, file)


def books_on(ports: Ports, change: Change, file: CustomerFile) -> OpenBooks:
    """Open the books on a file that was read."""
    cases = {case.invoice_id: case for case in file.cases}
    now = now_of(ports, file.customer)
    policy = waives(ports, file)
    books = Books(file.customer, {}, dict(cases), now, change.when(now), policy)
    return OpenBooks(ports, books, file.customer, {}, cases)
