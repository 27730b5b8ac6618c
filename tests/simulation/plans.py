"""Holds payment plans to what the money says, by a count of its own.

- While a plan stands, nobody is claimed for a reminder of its invoices but for its instalments, on
  one case at a time, for an instalment that isn't there yet.
- A plan ends in the very commit in which its money is complete; it isn't called broken while fewer
  are missing than agreed, nor completed where money is missing.
- In the end every plan has ended whose last day is over, unless money that was on its way in time
  is still awaited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain import ids
from chalicelib.domain.case import Case, PauseKind
from chalicelib.domain.customer import SYSTEM, Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment_plan import PaymentPlan, PlanStatus
from chalicelib.ports.storage import Record
from tests.endings import require
from tests.fakes.messages import amount
from tests.simulation.promises import FEW

if TYPE_CHECKING:
    from tests.simulation.life import Life


class Plans:
    """All payment plans of a life, and the money on their invoices as it came."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._standing: dict[str, PaymentPlan] = {}
        self._history: defaultdict[str, list[tuple[datetime, Invoice]]] = defaultdict(list)
        self._at_first: dict[tuple[str, str], Invoice] = {}
        life.ledger.on_change.append(self._changed)

    def at_the_end(self, records: Iterable[Record]) -> None:
        """Require that what stands has something to wait for."""
        for plan in (each for each in records if isinstance(each, PaymentPlan) and each.is_open):
            cases = [self._case(plan, each) for each in plan.invoices]
            now = self._life.clocks.now_of(cases[0])
            awaited = any(
                pause.kind is PauseKind.PAYMENT_PROCESSING and pause.covers(now)
                for case in cases
                for pause in case.pauses
            )
            last = self._deadline(plan, len(plan.instalments) - 1)
            require(awaited or now < last, f"plan: {plan.id} stands at {now}")

    def _changed(self, before: Record | None, after: Record) -> None:
        match after:
            case PaymentPlan():
                self._judge(before if isinstance(before, PaymentPlan) else None, after)
            case Invoice():
                assert after.change.at is not None
                self._history[after.id].append((after.change.at, after))
                if plan := self._standing.get(after.id):
                    self._is_complete(plan, after)
            case Case():
                claimed = after.claim and not (isinstance(before, Case) and before.claim)
                plan = self._standing.get(after.invoice_id)
                if claimed and plan:
                    self._chases(plan, after)

    def line(self, case: Case) -> str | None:
        """Return what a message says of a case that is claimed now for an instalment: what is
        missing by its day, but no more than is owed and not disputed; None for others."""
        plan = self._standing.get(case.invoice_id)
        if plan is None or case.claim is None:
            return None
        number = int(case.claim.step.rpartition("/")[0].rpartition("-")[2])
        due = sum(each.amount for each in plan.instalments[:number]) - self._received(plan, None)
        disputed = self._life.checker.disputed
        owed = (self._at(each, None) for each in plan.invoices)
        free = sum(each.remaining - disputed.part(each) for each in owed if each.is_open)
        asked = amount(Money(min(due, free), case.currency))
        return f"{case.number}: {asked} due {plan.instalments[number - 1].day}\n"

    def _chases(self, plan: PaymentPlan, case: Case) -> None:
        """Require that what is claimed is a step of an instalment that isn't there yet."""
        assert case.claim is not None
        own = ids.parse(ids.PAYMENT_PLAN, plan.id).own
        series, _, _ = case.claim.step.rpartition("/")
        of, _, number = series.rpartition("-")
        require(of == own, f"plan: {case.number} is reminded of by {case.claim.step}")
        due = sum(each.amount for each in plan.instalments[: int(number)])
        received = self._received(plan, None)
        require(received < due, f"plan: {plan.id} asks for {number}, and {received} is there")
        others = (self._case(plan, each) for each in plan.invoices)
        held = [each.claim.step for each in others if each.claim and each.id != case.id]
        twice = [step for step in held if step.startswith(own)]
        require(not twice, f"plan: {plan.id} asks twice, by {twice} and {case.claim.step}")

    def _is_complete(self, plan: PaymentPlan, invoice: Invoice) -> None:
        """Require that money which is complete has ended the plan with its own commit."""
        stored = self._life.ledger.payment_plan(invoice.tenant, plan.id)
        assert stored is not None
        if len(plan.invoices) <= FEW and stored.is_open:
            received = self._received(plan, None)
            require(received < plan.planned, f"plan: {plan.id} stands with {received}")

    def _judge(self, before: PaymentPlan | None, after: PaymentPlan) -> None:
        if before is None:
            total = sum(each.amount for each in after.instalments)
            require(total == after.planned, f"plan: {after.id} is of {after.planned}, not {total}")
            for invoice_id in after.invoices:
                known = self._standing.get(invoice_id)
                taken_over = known is None or known.id == after.replaces
                require(taken_over, f"plan: {known} and {after.id} about {invoice_id}")
                self._standing[invoice_id] = after
                self._at_first[after.id, invoice_id] = self._history[invoice_id][-1][1]
            return
        if not before.is_open:
            require(_without_words(before) == _without_words(after), f"plan: {after.id} changed")
            return
        if after.is_open:
            return
        for invoice_id in after.invoices:
            if (known := self._standing.get(invoice_id)) and known.id == after.id:
                del self._standing[invoice_id]
        if after.status is PlanStatus.COMPLETED:
            self._was_completed(after)
        elif after.status is PlanStatus.BROKEN:
            self._was_broken(after)

    def _was_completed(self, plan: PaymentPlan) -> None:
        invoices = [self._life.ledger.invoice(plan.tenant, each) for each in plan.invoices]
        received = self._received(plan, None)
        is_left = any(self._is_asked(plan, each) for each in invoices if each)
        enough = received >= plan.planned or (received > 0 and not is_left)
        require(enough, f"plan: {plan.id} is completed with {received} of {plan.planned}")

    def _is_asked(self, plan: PaymentPlan, invoice: Invoice) -> bool:
        """Say whether an invoice still asks for something that the plan was about."""
        assert plan.ended_at is not None
        charged = invoice.charges - self._at_first[plan.id, invoice.id].charges
        disputed = self._life.checker.disputed.at_most(invoice, plan.ended_at)
        return invoice.is_open and invoice.remaining - max(0, charged) - disputed > 0

    def _was_broken(self, plan: PaymentPlan) -> None:
        assert plan.ended_at is not None
        count = len(plan.instalments)
        over = sum(self._deadline(plan, place) <= plan.ended_at for place in range(count))
        enough = over - plan.paid >= plan.broken_after or over == count
        require(enough, f"plan: {plan.id} is broken with {over} over and {plan.paid} paid")
        needed = sum(each.amount for each in plan.instalments[: plan.paid + 1])
        received = self._received(plan, plan.ended_at)
        require(received < needed, f"plan: {plan.id} is broken with {received} of {needed}")

    def _received(self, plan: PaymentPlan, until: datetime | None) -> int:
        """Return what came in on its invoices since it was made, up to a moment."""
        return sum(
            self._at(each, until).paid - self._at_first[plan.id, each].paid
            for each in plan.invoices
        )

    def _at(self, invoice_id: str, until: datetime | None) -> Invoice:
        """Return an invoice as it stood just before a moment."""
        return [each for at, each in self._history[invoice_id] if until is None or at < until][-1]

    def _deadline(self, plan: PaymentPlan, place: int) -> datetime:
        """Return the midnight after an instalment's day and its days of grace."""
        customer = self._life.ledger.customer(plan.tenant, plan.customer_id)
        assert isinstance(customer, Customer)
        day = plan.instalments[place].day + timedelta(days=plan.grace_days + 1)
        return datetime.combine(day, time(0), ZoneInfo(customer.timezone))

    def _case(self, plan: PaymentPlan, invoice_id: str) -> Case:
        case = self._life.ledger.case(plan.tenant, ids.sibling(invoice_id, ids.CASE))
        assert case is not None
        return case


def _without_words(of: PaymentPlan) -> PaymentPlan:
    """Return what an erasure leaves of one that has ended."""
    return replace(of, taken_by=None, note=None, change=SYSTEM, version=0)
