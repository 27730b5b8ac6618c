"""What the steps of a preview charge: by the same rules, on invoices that are only imagined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.charge import Charge
from chalicelib.domain.charging import Debt, Drawn, draw_up
from chalicelib.domain.decisions import Reason
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.late_payment import LatePayment
from chalicelib.domain.payment import Payment
from chalicelib.domain.sequence import Do, Step
from chalicelib.domain.step_charge import NOT_CHARGED, charge_id, demand_of

CHARGING = frozenset({Do.FEE, Do.INTEREST})
Paid = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """By whose law and policy an imagined customer is charged."""

    seller: str
    policy: LatePayment
    is_consumer: bool = False


@dataclass(slots=True)
class RehearsedCharges:
    """The charges of a preview, by invoice."""

    terms: Terms
    calendar: LocalCalendar
    charges: dict[str, tuple[Charge, ...]] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawn | Reason] = field(default_factory=dict)

    def draw(
        self, step: Step, invoice: Invoice, payments: Iterable[Payment], now: datetime
    ) -> Drawn | Reason:
        """Return what a step charges now, or why nothing; the same however often it is asked."""
        key = (invoice.id, step.key)
        if key not in self._drawn:
            paid = tuple(
                (self.calendar.date_of(payment.paid_at), allocation.amount)
                for payment in payments
                for allocation in payment.allocations
                if allocation.invoice_id == invoice.id
            )
            self._drawn[key] = self._draw(step, invoice, paid, now)
        return self._drawn[key]

    def keep(self, step: Step, invoice: Invoice, drawn: Drawn, now: datetime) -> None:
        """Remember what was charged, so that no day bears interest twice."""
        charge = Charge(
            id=charge_id(invoice.case_id, step.key),
            tenant=invoice.tenant,
            invoice_id=invoice.id,
            kind=drawn.kind,
            currency=invoice.currency,
            amount=drawn.amount,
            created_at=now,
            basis=drawn.basis,
        )
        self.charges[invoice.id] = (*self.charges.get(invoice.id, ()), charge)

    def _draw(self, step: Step, invoice: Invoice, paid: Paid, now: datetime) -> Drawn | Reason:
        demand = demand_of(step, invoice.currency)
        if demand is None:
            return Reason.FOR_A_PERSON
        debt = Debt(
            invoice=invoice,
            paid=paid,
            charges=self.charges.get(invoice.id, ()),
            today=self.calendar.date_of(now),
            seller=self.terms.seller,
            is_consumer=self.terms.is_consumer,
            policy=self.terms.policy,
        )
        try:
            return draw_up(demand, debt)
        except DunlinError as refused:
            if type(refused) not in NOT_CHARGED:
                raise
            return NOT_CHARGED[type(refused)]
