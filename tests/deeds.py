"""What people, customers and providers do to a world: one line each in a test.

`Deeds` is the part of a `World` that acts through the same services as the API and the webhooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.charging import Demand, FeeDemand
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import CreditNote, Method, Payment
from chalicelib.domain.promise import USUAL_GRACE_DAYS, Promise, PromisedDate, Source
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import EmailEvent, EmailEventKind, EmailMessage
from chalicelib.ports.payments import ProviderPayment, ProviderState
from chalicelib.ports.storage import Cursor
from chalicelib.services.add_charge import NewCharge, add_charge
from chalicelib.services.cancel_invoice import void_invoice, write_off_invoice
from chalicelib.services.cancel_promise import cancel_promise
from chalicelib.services.complete_task import complete_task
from chalicelib.services.issue_credit_note import NewCreditNote, issue_credit_note
from chalicelib.services.pause_case import pause_case, resume_case
from chalicelib.services.pay_page import Visit, start_checkout
from chalicelib.services.receive_payment_event import apply_provider_payment
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.settle_communication import settle_communication
from chalicelib.services.take_promise import NewPromise, take_promise
from chalicelib.services.update_customer import update_customer
from chalicelib.services.waive_charge import NewWaiver, waive_charge
from tests.deeds_of_approvals import ApprovalDeeds
from tests.deeds_of_disputes import OFFICE, DisputeDeeds
from tests.deeds_of_services import ServiceDeeds
from tests.fakes.ledger import InMemoryLedger

BILLING = Change(by="api_key:billing", why="test")


class Deeds(DisputeDeeds, ApprovalDeeds, ServiceDeeds):
    """Everything that can happen to a customer's invoices."""

    ports: Ports
    tenant: Tenant
    ledger: InMemoryLedger
    _events: Iterator[int]

    def __init__(self) -> None:
        self._events = count(1)

    def now(self) -> datetime:
        """Return the present time of the customers."""
        return self.ports.clock.now()

    def pay(self, invoice: Invoice, amount: int | None = None) -> Payment:
        """Record a bank transfer for an invoice: so many minor units, or all that is left."""
        left = self.invoice(invoice).remaining
        order = NewPayment(
            invoice.id,
            Money(left if amount is None else amount, invoice.currency),
            self.now(),
            Method.BANK_TRANSFER,
        )
        return record_payment(self.ports, self.tenant, BILLING, order)

    def credit(self, invoice: Invoice, amount: int) -> CreditNote:
        """Lower an invoice by a credit note."""
        order = NewCreditNote(invoice.id, Money(amount, invoice.currency), "goods returned")
        return issue_credit_note(self.ports, self.tenant, BILLING, order)

    def fee(self, invoice: Invoice, amount: int) -> Charge:
        """Charge a fee on an invoice."""
        return self.demand(invoice, FeeDemand(FeeRule((FeeTier(amount=amount),))))

    def demand(self, invoice: Invoice, demand: Demand) -> Charge:
        """Charge something on an invoice."""
        return add_charge(self.ports, self.tenant, OFFICE, NewCharge(invoice.id, demand))

    def waive(self, charge: Charge, amount: int | None = None) -> Charge:
        """Waive a charge, or so many minor units of it."""
        order = NewWaiver(charge.id, "goodwill", amount)
        return waive_charge(self.ports, self.tenant, OFFICE, order)

    def promise(
        self,
        *invoices: Invoice,
        dates: dict[str, int | None],
        grace_days: int = USUAL_GRACE_DAYS,
    ) -> Promise:
        """Take a promise about invoices: minor units by day (None: all that is left)."""
        left = sum(self.invoice(each).remaining for each in invoices)
        order = NewPromise(
            invoices=tuple(each.id for each in invoices),
            currency=invoices[0].currency,
            dates=tuple(
                PromisedDate(date.fromisoformat(day), left if amount is None else amount)
                for day, amount in dates.items()
            ),
            grace_days=grace_days,
            source=Source.PHONE,
        )
        return take_promise(self.ports, self.tenant, OFFICE, order)

    def call_off(self, promise: Promise) -> Promise:
        """Let a promise be called off."""
        return cancel_promise(self.ports, self.tenant, OFFICE, promise.id)

    def promised(self, promise: Promise) -> Promise:
        """Return the promise as it stands now."""
        found = self.ledger.promise(promise.tenant, promise.id)
        assert found is not None
        return found

    def void(self, invoice: Invoice) -> Invoice:
        """Cancel an invoice."""
        return void_invoice(self.ports, self.tenant, BILLING, invoice.id)

    def write_off(self, invoice: Invoice) -> Invoice:
        """Give the rest of an invoice up."""
        return write_off_invoice(self.ports, self.tenant, OFFICE, invoice.id)

    def hold(self, invoice: Invoice, until: str | None = None) -> Case:
        """Hold an invoice's case back."""
        end = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
        return pause_case(
            self.ports, self.tenant, OFFICE, invoice.case_id, reason="asked to wait", until=end
        )

    def release(self, invoice: Invoice) -> Case:
        """Let a held case go on."""
        return resume_case(self.ports, self.tenant, OFFICE, invoice.case_id)

    def change(self, invoice: Invoice, **fields: object) -> Customer:
        """Change details of an invoice's customer."""
        return update_customer(self.ports, self.tenant, OFFICE, invoice.customer_id, fields)

    def open_tasks(self, invoice: Invoice) -> list[Task]:
        """Return what people have to do about an invoice's customer, newest first."""
        page = self.ledger.tasks_page(
            self.tenant, Cursor(100), status="open", customer_id=invoice.customer_id
        )
        return list(page.data)

    def complete(self, task: Task, outcome: str) -> Task:
        """Let a person say how a task ended."""
        return complete_task(self.ports, self.tenant, OFFICE, task.id, outcome, None)

    def checkout(self, invoice: Invoice, amount: int | None = None) -> str:
        """Let the customer open the provider's page for an invoice, and return its URL."""
        visit = Visit(self.tenant, invoice.customer_id)
        chosen = None if amount is None else Money(amount, invoice.currency)
        return start_checkout(
            self.ports, visit, invoice.currency, (invoice.id,), chosen, "https://pay.test"
        )

    def hear(self, fact: ProviderPayment) -> ProviderPayment:
        """Let the provider's webhook arrive."""
        apply_provider_payment(self.ports, fact)
        return fact

    def card(
        self,
        invoice: Invoice,
        amount: int | None = None,
        *,
        state: ProviderState = ProviderState.SUCCEEDED,
        reference: str = "pi_1",
    ) -> ProviderPayment:
        """Return what the provider says of a payment of an invoice now."""
        left = self.invoice(invoice).remaining if amount is None else amount
        return ProviderPayment(
            tenant=self.tenant,
            customer_id=invoice.customer_id,
            provider_reference=reference,
            amount=Money(left, invoice.currency),
            state=state,
            at=self.now(),
            event_id=f"evt_{next(self._events)}",
            event_type=f"payment_intent.{state}",
            named=(invoice.id,),
            refunded=0 if state is ProviderState.SUCCEEDED else None,
        )

    def later(self, fact: ProviderPayment, event_type: str, **changed: object) -> ProviderPayment:
        """Return the next thing that the provider says of a payment."""
        blank = {"state": None, "refunded": None, "disputed": None, "dispute": None}
        fields = {**blank, "at": self.now(), "event_type": event_type, **changed}
        return replace(fact, event_id=f"evt_{next(self._events)}", **fields)  # type: ignore[arg-type] # any field

    def mail_event(
        self,
        message: EmailMessage,
        kind: EmailEventKind,
        *,
        permanent: bool = True,
        at: datetime | None = None,
    ) -> EmailEvent:
        """Let the mail provider's word on a message arrive."""
        event = EmailEvent(
            kind=kind,
            recipients=(message.to,),
            provider_id="provider-1",
            at=at or self.now(),
            permanent=permanent,
            tenant=message.tenant,
            communication_id=message.communication_id,
            reason=kind.value,
        )
        settle_communication(self.ports, event)
        return event

    def invoice(self, invoice: Invoice) -> Invoice:
        """Return the invoice as it stands now."""
        found = self.ledger.invoice(invoice.tenant, invoice.id)
        assert found is not None
        return found

    def case(self, invoice: Invoice) -> Case:
        """Return the invoice's case as it stands now."""
        found = self.ledger.case(invoice.tenant, invoice.case_id)
        assert found is not None
        return found

    def customer(self, invoice: Invoice) -> Customer:
        """Return the invoice's customer as it stands now."""
        found = self.ledger.customer(invoice.tenant, invoice.customer_id)
        assert found is not None
        return found
