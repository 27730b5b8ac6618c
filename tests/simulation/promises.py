"""Holds promises to pay to what the money says, by a count of its own.

- Nobody is claimed for a reminder while a promise about the invoice stands.
- A promise ends in the very commit in which its money is complete, if it came in time; and it isn't
  called broken where it did, nor kept where it didn't.
- On the day nobody waits for what is disputed, and nobody has broken a promise who paid the rest.
- In the end every promise has ended whose last day is over, unless money that was on its way in
  time is still awaited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain.case import Case, PauseKind
from chalicelib.domain.customer import Customer
from chalicelib.domain.erasure import nameless
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import Promise, PromiseStatus
from chalicelib.ports.storage import Record
from tests.endings import require

if TYPE_CHECKING:
    from tests.simulation.life import Life

FEW = 5
"""Promises about more invoices than these may wait for their day where a transaction is full."""


class Promises:
    """All promises of a life, and the money on their invoices as it came."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._standing: dict[str, str] = {}
        self._history: defaultdict[str, list[tuple[datetime, Invoice]]] = defaultdict(list)
        self._at_first: dict[str, Invoice] = {}
        life.ledger.on_change.append(self._changed)

    def at_the_end(self, records: Iterable[Record]) -> None:
        """Require that what stands has something to wait for."""
        for promise in (each for each in records if isinstance(each, Promise) and each.is_open):
            cases = [self._case(promise, each) for each in promise.invoices]
            now = self._life.clocks.now_of(cases[0])
            awaited = any(
                pause.kind is PauseKind.PAYMENT_PROCESSING and pause.covers(now)
                for case in cases
                for pause in case.pauses
            )
            last = self._deadline(promise, len(promise.dates) - 1)
            require(awaited or now < last, f"promise: {promise.id} stands at {now}")

    def _changed(self, before: Record | None, after: Record) -> None:
        match after:
            case Promise():
                self._judge(before if isinstance(before, Promise) else None, after)
            case Invoice():
                assert after.change.at is not None
                self._history[after.id].append((after.change.at, after))
                if promise_id := self._standing.get(after.id):
                    self._is_complete(promise_id, after)
            case Case():
                claimed = after.claim and not (isinstance(before, Case) and before.claim)
                promised = self._standing.get(after.invoice_id)
                require(not (claimed and promised), f"promise: {after.number} is reminded of")

    def _is_complete(self, promise_id: str, invoice: Invoice) -> None:
        """Require that money which is complete has ended the promise with its own commit."""
        promise = self._life.ledger.promise(invoice.tenant, promise_id)
        assert promise is not None
        if len(promise.invoices) <= FEW and promise.is_open:
            received = self._received(promise, None)
            require(received < promise.amount, f"promise: {promise.id} stands with {received}")

    def _judge(self, before: Promise | None, after: Promise) -> None:
        if before is None:
            for invoice_id in after.invoices:
                known = self._standing.get(invoice_id)
                require(known is None, f"promise: {known} and {after.id} about {invoice_id}")
                self._standing[invoice_id] = after.id
                self._at_first[f"{after.id} {invoice_id}"] = self._history[invoice_id][-1][1]
            return
        if replace(after, version=before.version, change=before.change) == nameless(before):
            return  # its customer is erased, and so are the words of who changed it
        require(before.is_open, f"promise: {after.id} changed after its end")
        if after.is_open:
            return
        for invoice_id in after.invoices:
            self._standing.pop(invoice_id, None)
        if after.status is PromiseStatus.KEPT:
            self._was_kept(after)
        elif after.status is not PromiseStatus.CANCELLED:
            self._was_broken(after)

    def _was_kept(self, promise: Promise) -> None:
        invoices = [self._life.ledger.invoice(promise.tenant, each) for each in promise.invoices]
        settled = all(each and not each.is_open for each in invoices)
        received = self._received(promise, None)
        is_left = any(self._is_asked(promise, each) for each in invoices if each)
        enough = received >= promise.amount or (received > 0 and (settled or not is_left))
        require(enough, f"promise: {promise.id} is kept with {received} of {promise.amount}")

    def _is_asked(self, promise: Promise, invoice: Invoice) -> bool:
        """Say whether more is asked for than what was charged, or is disputed, since."""
        assert promise.ended_at is not None
        charged = invoice.charges - self._at_first[f"{promise.id} {invoice.id}"].charges
        disputed = self._life.checker.disputed.at_most(invoice, promise.ended_at)
        return invoice.remaining > max(0, charged) + disputed

    def _was_broken(self, promise: Promise) -> None:
        deadline = self._deadline(promise, promise.kept)
        assert promise.ended_at is not None
        require(promise.ended_at >= deadline, f"promise: {promise.id} is broken before {deadline}")
        received = self._received(promise, deadline)
        needed = sum(each.amount for each in promise.dates[: promise.kept + 1])
        require(received < needed, f"promise: {promise.id} is broken with {received} of {needed}")
        is_disputed = self._is_disputed(promise, deadline, promise.ended_at)
        require(not is_disputed, f"promise: {promise.id} is broken and all that is left disputed")

    def _received(self, promise: Promise, until: datetime | None) -> int:
        """Return what came in on its invoices since it was made, up to a moment."""
        return sum(
            self._at(invoice_id, until).paid - self._at_first[f"{promise.id} {invoice_id}"].paid
            for invoice_id in promise.invoices
        )

    def _at(self, invoice_id: str, until: datetime | None) -> Invoice:
        """Return an invoice as it stood just before a moment."""
        return [each for at, each in self._history[invoice_id] if until is None or at < until][-1]

    def _is_disputed(self, promise: Promise, since: datetime, until: datetime) -> bool:
        """Say whether all that was left at a moment was disputed then, and up to another one."""
        left = [self._at(each, since) for each in promise.invoices]
        disputed = self._life.checker.disputed
        return all(disputed.through(each, since, until) >= each.remaining for each in left)

    def _deadline(self, promise: Promise, place: int) -> datetime:
        """Return the midnight after a promised day and its days of grace, at the customer's."""
        customer = self._life.ledger.customer(promise.tenant, promise.customer_id)
        assert isinstance(customer, Customer)
        day = promise.dates[place].day + timedelta(days=promise.grace_days + 1)
        return datetime.combine(day, time(0), ZoneInfo(customer.timezone))

    def _case(self, promise: Promise, invoice_id: str) -> Case:
        case = self._life.ledger.case(promise.tenant, invoice_id.replace("in_", "case_"))
        assert case is not None
        return case
