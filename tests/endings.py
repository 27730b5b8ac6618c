"""What must hold of everything that is stored once it is calm: simulated or on a stack.

Nothing here knows where the records come from; `make simulate` and `make chaos` both end with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from chalicelib.domain.case import Case, CaseStatus, Outcome
from chalicelib.domain.communication import NO_STEP, STUCK, Communication, Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.hand_over_facts import handed_over
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment import Payment, PaymentStatus
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.storage import Record
from chalicelib.services.receive_payment_event import payment_id

R = TypeVar("R", bound=Record)


class Violation(BaseException):
    """An invariant doesn't hold. No worker can swallow it."""


def require(holds: object, what: str) -> None:
    """Raise Violation unless it holds."""
    if not holds:
        raise Violation(what)


def adds_up(invoice: Invoice) -> None:
    """I4: an invoice's parts make up what it is about, at any time."""
    parts = (invoice.paid, invoice.credited, invoice.written_off, invoice.remaining)
    require(min(parts) >= 0, f"I4: something of {invoice.number} is negative: {parts}")
    require(invoice.amount + invoice.charges == sum(parts), f"I4: {invoice.number} {parts}")
    void = invoice.status is InvoiceStatus.VOID
    require(not (void and invoice.paid), f"I4: {invoice.number} is paid and void")
    require(invoice.is_open == (invoice.remaining > 0), f"I4: status of {invoice.number}")


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment in the provider's own books. `net` is what the creditor has of it."""

    customer_id: str
    reference: str
    net: int


@dataclass(frozen=True)
class Ending:
    """All records as they stand in the end, with the sequences that their cases follow.

    Those are by tenant, id and version. `clocks` are the times of test clocks, by id; whoever isn't
    on one of them lives at `now`.
    """

    records: tuple[Record, ...]
    sequences: Mapping[tuple[str, str, int], Sequence]
    now: datetime
    paid: Collection[Paid] = field(default=())
    clocks: Mapping[str, datetime] = field(default_factory=dict)

    def check(self) -> None:
        """Raise Violation for the first thing that doesn't hold."""
        for invoice in self._of(Invoice):
            adds_up(invoice)
        self._no_credit_beside_debt()
        self._provider()
        for task in self._of(Task):
            self._task(task)
        for case in self._of(Case):
            self._finished(case)
            self._logged(case)

    def _no_credit_beside_debt(self) -> None:
        for customer in self._of(Customer):
            both = customer.credit.keys() & customer.balance.keys()
            require(not both, f"I4: {customer.name} owes {both} and has credit")

    def _provider(self) -> None:
        """I5: every payment at the provider is in the books once, with what is left of it."""
        for each in self.paid:
            found = self._by_id.get(payment_id(each.customer_id, each.reference))
            require(isinstance(found, Payment), f"I5: {each.reference} is missing")
            assert isinstance(found, Payment)
            require(
                found.effective == each.net,
                f"I5: {each.reference} is {found.effective} of {each.net}",
            )
        at_provider = {payment_id(each.customer_id, each.reference) for each in self.paid}
        for payment in self._of(Payment):
            online = payment.provider_reference is not None and payment.effective
            known = payment.id in at_provider
            require(known or not online, f"I5: the provider knows nothing of {payment.id}")

    def _task(self, task: Task) -> None:
        """I3: an open task is about an open case, or about money that was taken back."""
        if task.status is not TaskStatus.OPEN:
            return
        case = self._by_id.get(task.case_id)
        of_open_case = isinstance(case, Case) and case.is_open
        require(task.step != STUCK, f"I3: {task} is still flagged")
        require(task.step in NO_STEP or of_open_case, f"I3: {task} of a closed case")

    def _finished(self, case: Case) -> None:
        """I3: long after all, every step of every open case has ended."""
        require(case.is_open or not case.is_unfinished, f"I3: {case.number} is closed, unfinished")
        if case.status is CaseStatus.CLOSED:
            return
        require(case.claim is None, f"I3: {case.number} is still claimed")
        require(not case.confirmations, f"I3: {case.number} has something to confirm")
        if handed_over(case):
            return  # an agency may have it for as long as it takes
        if pause := case.pause_at(self.clocks.get(case.test_clock or "", self.now)):
            payment = self._by_id.get(pause.reference or "")
            unclear = isinstance(payment, Payment) and (
                payment.status is PaymentStatus.PROCESSING or payment.open_disputes
            )
            stands = isinstance(payment, Promise | PaymentPlan) and payment.is_open
            clear = f"I3: {case.number} is paused for a payment that is clear"
            require(unclear or stands or not pause.reference, clear)
            return
        ended = {key for key, result in case.results.items() if not result.reroute}
        steps = {step.key for step in self.sequences[case.tenant.key, *case.sequence].steps}
        require(ended >= steps, f"I3: {case.number} {steps - ended} due {case.due_at}")
        require(case.due_at is None, f"I3: {case.number} is due at {case.due_at}")

    def _logged(self, case: Case) -> None:
        """I8: what a case says was sent is in the log."""
        for step, result in case.results.items():
            sent = result.outcome in {Outcome.SENT, Outcome.UNCONFIRMED}
            entry = self._by_id.get(result.communication or "")
            logged = isinstance(entry, Communication)
            require(logged or not sent, f"I8: {step} of {case.number} isn't in the log")

    @cached_property
    def _by_id(self) -> dict[str, Record]:
        return {record.id: record for record in self.records}

    def _of(self, kind: type[R]) -> list[R]:
        return [record for record in self.records if isinstance(record, kind)]
