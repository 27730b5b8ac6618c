"""What people and billing systems do at the worst moment; a deed insists until it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import DunlinError, PaymentUnavailableError, StaleRecordError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.ports.payments import ProviderState
from chalicelib.services.cancel_invoice import void_invoice, write_off_invoice
from chalicelib.services.issue_credit_note import NewCreditNote, issue_credit_note
from chalicelib.services.once import Mark
from chalicelib.services.pause_case import pause_case, resume_case
from chalicelib.services.pay_page import Visit, start_checkout
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.update_customer import update_customer
from tests.simulation.faults import InjectedError
from tests.simulation.forgettable import OFFICE, Forgettable
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life

BILLING = Change(by="api_key:billing", why="add_invoice")
TRIES = 9
OPENING_HOURS = (8, 14, 20)
"""When office hours begin for the customers, UTC."""
AGAIN = (InjectedError, StaleRecordError, PaymentUnavailableError, Killed)


class People(Forgettable):
    """Everybody outside of Dunlin who acts on one tenant's invoices."""

    def __init__(self, life: Life, random: Random) -> None:
        self._life, self._random = life, random
        self.acknowledged: list[tuple[str, Any]] = []

    def insist(self, name: str, deed: Callable[[], Any]) -> Any:
        """Do something by the API, again and again while the answer is lost; None if refused."""
        for attempt in range(TRIES):
            try:
                answer = deed()
            except AGAIN:
                self._life.scheduler.sleep(self._random.uniform(0.5, 2) * 2**attempt)
            except DunlinError as refused:
                self._life.tell(f"{name}: refused, {refused.code}")
                return None
            else:
                self._life.tell(f"{name}: done")
                self.acknowledged.append((name, answer))
                return answer
        self._life.tell(f"{name}: given up")
        return None

    def post(self, order: NewInvoice, tenant: Any) -> None:
        """Post an invoice, and let fate decide what happens to it."""
        ports = self._life.ports
        posted = self.insist(
            f"post {order.number}", lambda: post_invoice(ports, tenant, BILLING, order)
        )
        if posted:
            self._fate(posted.invoice)

    def _fate(self, invoice: Invoice) -> None:
        happenings: list[tuple[float, Callable[[Invoice], None]]] = [
            (0.45, self._pay_online),
            (0.35, self._transfer),
            (0.15, self._transfer),
            (0.12, self._credit),
            (0.06, self._void),
            (0.05, self._write_off),
            (0.15, self._hold),
            (0.1, self._correct_address),
            (0.1, self._pay_online),
            (0.05, self._opt_out),
            (0.15, self._erase),
            (0.15, self._erase),
            (0.03, self._export),
        ]
        shared = self._worst_moment(invoice)
        all_at_once = self._random.random() < 0.3
        for share, deed in happenings:
            if self._random.random() < share:
                moment = self._worst_moment(invoice)
                if all_at_once:
                    moment = shared + timedelta(seconds=self._random.uniform(0, 0.2))
                self._life.scheduler.at(moment, lambda deed=deed: deed(invoice))

    def _worst_moment(self, invoice: Invoice) -> datetime:
        """Some time in the case's life; half the time just when a message may be leaving."""
        life = self._life
        due = datetime.combine(invoice.due_date, datetime.min.time(), life.scheduler.now().tzinfo)
        day = due + timedelta(days=self._random.randint(-8, 40))
        if self._random.random() < 0.5:
            day = due + timedelta(days=self._random.choice((-5, 0, 4, 11, 20, 34)))
            hour = self._random.choice(OPENING_HOURS)
            return day + timedelta(hours=hour, seconds=self._random.uniform(-5, 70))
        return day + timedelta(seconds=self._random.uniform(0, 86400))

    def _key(self) -> Mark:
        own = ids.steady(str(self._random.getrandbits(64)))
        return Mark(own, own)

    def _left(self, invoice: Invoice) -> int:
        stored = self._life.ledger.invoice(invoice.tenant, invoice.id)
        return stored.remaining if stored else 0

    def _some(self, invoice: Invoice) -> int:
        """All of it, a part, more than is owed, or all that the customer owes."""
        left = self._left(invoice) or invoice.amount
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        everything = customer.balance.get(invoice.currency.code, left) if customer else left
        part = max(1, left // 3)
        return self._random.choice((left, left, part, invoice.amount, left + 1_00, everything))

    def _transfer(self, invoice: Invoice) -> None:
        life = self._life
        order = NewPayment(
            invoice.id,
            Money(self._some(invoice), invoice.currency),
            life.scheduler.now(),
            Method.BANK_TRANSFER,
        )
        once = self._key()
        self.insist(
            f"pay {invoice.number} {order.amount.amount}",
            lambda: record_payment(life.ports, invoice.tenant, BILLING, order, once=once),
        )
        self._perhaps_erase(invoice)

    def _credit(self, invoice: Invoice) -> None:
        life, once = self._life, self._key()
        amount = Money(max(1, self._left(invoice) // self._random.randint(1, 4)), invoice.currency)
        order = NewCreditNote(invoice.id, amount, "goods returned")
        self.insist(
            f"credit {invoice.number} {amount.amount}",
            lambda: issue_credit_note(life.ports, invoice.tenant, OFFICE, order, once=once),
        )

    def _void(self, invoice: Invoice) -> None:
        self.insist(
            f"void {invoice.number}",
            lambda: void_invoice(self._life.ports, invoice.tenant, OFFICE, invoice.id),
        )
        self._perhaps_erase(invoice)

    def _write_off(self, invoice: Invoice) -> None:
        self.insist(
            f"write off {invoice.number}",
            lambda: write_off_invoice(self._life.ports, invoice.tenant, OFFICE, invoice.id),
        )
        self._perhaps_erase(invoice)

    def _hold(self, invoice: Invoice) -> None:
        life = self._life
        now = life.scheduler.now()
        until = now + timedelta(days=self._random.uniform(0.01, 20))
        endless = self._random.random() < 0.5
        self.insist(
            f"hold {invoice.number}",
            lambda: pause_case(
                life.ports,
                invoice.tenant,
                OFFICE,
                invoice.case_id,
                reason="asked to wait",
                until=None if endless else until,
            ),
        )
        if endless:
            life.scheduler.at(until, lambda: self._resume(invoice))

    def _resume(self, invoice: Invoice) -> None:
        self.insist(
            f"resume {invoice.number}",
            lambda: resume_case(self._life.ports, invoice.tenant, OFFICE, invoice.case_id),
        )

    def _correct_address(self, invoice: Invoice) -> None:
        life = self._life
        address = f"new{self._random.randint(1, 999)}@customer.example"
        self.insist(
            f"new address {address}",
            lambda: update_customer(
                life.ports, invoice.tenant, OFFICE, invoice.customer_id, {"email": address}
            ),
        )

    def _opt_out(self, invoice: Invoice) -> None:
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        if customer and customer.phone:
            self._life.sms.opted_out.add(customer.phone)

    def _pay_online(self, invoice: Invoice) -> None:
        life = self._life
        visit = Visit(invoice.tenant, invoice.customer_id)
        part = Money(max(1, self._left(invoice) // 2), invoice.currency)
        chosen = part if self._random.random() < 0.3 else None
        url = self.insist(
            f"open checkout {invoice.number}",
            lambda: start_checkout(
                life.ports, visit, invoice.currency, (invoice.id,), chosen, "https://pay.test"
            ),
        )
        if url is None or self._random.random() < 0.15:
            return
        checkout = url.rpartition("/")[2]
        life.scheduler.after(self._random.uniform(2, 3000), lambda: self._pay(checkout))

    def _pay(self, checkout: str) -> None:
        state = self._random.choices(list(ProviderState), (20, 65, 15))[0]
        life = self._life
        intent = life.bank.pay(checkout, state)
        if intent is None:
            return
        life.tell(f"paid {checkout}: {state}")
        wait = self._random.uniform(60, 5 * 86400)
        if state is ProviderState.PROCESSING:
            after = self._random.choice((ProviderState.SUCCEEDED, ProviderState.FAILED))
            life.scheduler.after(wait, lambda: life.bank.move(intent, after))
        elif state is ProviderState.FAILED and self._random.random() < 0.5:
            life.scheduler.after(30, lambda: life.bank.pay(checkout, ProviderState.SUCCEEDED))
        elif self._random.random() < 0.3:
            life.scheduler.after(wait, lambda: self._take_back(intent))

    def _take_back(self, intent: Any) -> None:
        life = self._life
        amount = intent.amount.amount
        if self._random.random() < 0.6:
            life.tell(f"refund {intent.reference}")
            life.bank.refund(intent, self._random.choice((amount, amount // 3 or 1)))
            return
        life.tell(f"dispute {intent.reference}")
        life.bank.dispute(intent, f"dp_{intent.reference}", amount, closed=False)
        held = self._random.choice((0, amount))
        wait = self._random.uniform(3600, 10 * 86400)
        life.scheduler.after(
            wait,
            lambda: life.bank.dispute(intent, f"dp_{intent.reference}", held, closed=True),
        )
