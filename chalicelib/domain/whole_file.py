"""A customer's whole file: everything that is stored of one customer, finished and unfinished."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service

FiledRecord = (
    Customer
    | Case
    | Invoice
    | Payment
    | CreditNote
    | Charge
    | Promise
    | PaymentPlan
    | Communication
    | Task
    | Dispute
    | Service
)


@dataclass(frozen=True, slots=True)
class WholeFile:
    """What is stored of one customer. `told` are the events, as pairs of type and object's id."""

    customer: Customer
    cases: tuple[Case, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    charges: tuple[Charge, ...] = ()
    promises: tuple[Promise, ...] = ()
    payment_plans: tuple[PaymentPlan, ...] = ()
    communications: tuple[Communication, ...] = ()
    tasks: tuple[Task, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    services: tuple[Service, ...] = ()
    told: frozenset[tuple[str, str]] = frozenset()

    @property
    def records(self) -> tuple[FiledRecord, ...]:
        """Every record of the file, the customer first."""
        return (
            self.customer,
            *self.cases,
            *self.invoices,
            *self.payments,
            *self.credit_notes,
            *self.charges,
            *self.promises,
            *self.payment_plans,
            *self.communications,
            *self.tasks,
            *self.disputes,
            *self.services,
        )
