"""A watch over a world: looks at every commit and every message as it happens (I1, I2, I9), and
at the books (I4) and the schedule (I3) whenever asked."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.ports.messages import Delivery, EmailMessage, Handover, SmsMessage
from chalicelib.ports.storage import Record
from chalicelib.services.nightly import check_customer
from tests.fakes.messages import amount
from tests.world import World

Message = EmailMessage | SmsMessage
MAY_HAVE_LEFT = frozenset({Delivery.ACCEPTED, Delivery.UNKNOWN})


class Watch:
    """Attach it to a world, and every breach is an AssertionError where it happens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.claims: dict[str, list[tuple[Case, datetime]]] = {}
        self.left: Counter[tuple[str, str, str]] = Counter()
        world.ledger.on_change.append(self._committed)
        for gateway in (world.email, world.sms):
            self._watch(gateway)

    def _watch(self, gateway) -> None:
        send = gateway.send

        def watched(message: Message, deadline: datetime) -> Handover:
            if self.world.clock.now() > deadline:
                answer = send(message, deadline)
                assert answer.delivery is Delivery.NOT_NOW, "I1: it left after its deadline"
                return answer
            claimed = self._handed_over(message)
            try:
                answer = send(message, deadline)
            except BaseException:
                self._may_have_left(claimed, message.to)
                raise
            if answer.delivery in MAY_HAVE_LEFT:
                self._may_have_left(claimed, message.to)
            return answer

        gateway.send = watched

    def _committed(self, before: Record | None, after: Record) -> None:
        if not isinstance(after, Case) or after.claim is None:
            return
        if isinstance(before, Case) and before.claim == after.claim:
            return
        invoice = self.world.ledger.invoice(after.tenant, after.invoice_id)
        assert invoice is not None
        assert invoice.is_open, "I1: claimed after the payment that settles the invoice"
        entry = (after, self.world.clock.now())
        self.claims.setdefault(after.claim.communication, []).append(entry)

    def _handed_over(self, message: Message) -> list[Case]:
        claimed = self.claims.get(message.communication_id, [])
        assert claimed, "I2: handed over without a claim"
        now = self.world.clock.now()
        for _, at in claimed:
            assert now - at <= timedelta(seconds=2), "I1: left more than two seconds after claim"
        cases = [case for case, _ in claimed]
        text = message.content.text if isinstance(message, EmailMessage) else message.text
        for case in cases:
            line = f"{case.number}: {amount(case.owed)} due {case.due_date}"
            assert line in text, f"I9: {line!r} is not in {text!r}"
        return cases

    def _may_have_left(self, cases: list[Case], to: str) -> None:
        """What bounced may go to another address, and to no address twice."""
        for case in cases:
            assert case.claim is not None
            key = (case.id, case.claim.step, to)
            self.left[key] += 1
            assert self.left[key] == 1, f"I2: {key} left twice"

    def check_books(self) -> None:
        """I4: every amount adds up, on invoices, cases, payments and customers."""
        records = list(self.world.ledger._records.values())
        payments = [each for each in records if isinstance(each, Payment)]
        notes = [each for each in records if isinstance(each, CreditNote)]
        paid: Counter[str] = Counter()
        credited: Counter[str] = Counter()
        for payment in payments:
            assert 0 <= payment.allocated <= payment.effective <= payment.amount
            assert all(allocation.amount > 0 for allocation in payment.allocations)
            paid.update({each.invoice_id: each.amount for each in payment.allocations})
            carrying = {
                each.invoice_id
                for each in records
                if isinstance(each, Case)
                and any(pause.reference == payment.id for pause in each.pauses)
            }
            assert set(payment.held) == carrying, "it holds what it remembers, and nothing else"
        for note in notes:
            credited[note.invoice_id] += note.amount
        for record in records:
            if isinstance(record, Invoice):
                self._check_invoice(record, paid[record.id], credited[record.id])
            if isinstance(record, Customer):
                self._check_customer(record, payments)

    def _check_invoice(self, invoice: Invoice, paid: int, credited: int) -> None:
        asked = invoice.amount + invoice.charges
        parts = (invoice.paid, invoice.credited, invoice.written_off, invoice.remaining)
        assert min(parts) >= 0
        assert asked == sum(parts)
        assert invoice.paid == paid
        assert invoice.status is InvoiceStatus.VOID or invoice.credited == credited
        assert invoice.is_open == (invoice.remaining > 0)
        case = self.world.ledger.case(invoice.tenant, invoice.case_id)
        assert case is not None
        assert case.remaining == invoice.remaining
        assert (case.status is CaseStatus.OPEN) == invoice.is_open
        assert case.is_unfinished or case.due_at is None

    def _check_customer(self, customer: Customer, payments: list[Payment]) -> None:
        file = self.world.ledger.file(customer.tenant, customer.id)
        assert file is not None
        owed: Counter[str] = Counter()
        credit: Counter[str] = Counter()
        for case in file.cases:
            owed[case.currency.code] += case.remaining
        own = [each for each in payments if each.customer_id == customer.id]
        for payment in own:
            credit[payment.currency.code] += payment.unapplied
        assert customer.balance == dict(+owed)
        assert customer.credit == dict(+credit)
        assert set(customer.credit_payments) == {each.id for each in own if each.unapplied}

    def check_finished(self) -> None:
        """I3: long after all, every step of every open case has ended, and nothing is pending.

        Nor does the nightly job find anything.
        """
        for record in list(self.world.ledger._records.values()):
            if isinstance(record, Customer):
                assert check_customer(self.world.ports, record.tenant, record.id) == []
            if isinstance(record, Case) and record.status is CaseStatus.OPEN:
                sequence = self.world.ledger.sequence(record.tenant, *record.sequence)
                assert sequence is not None
                ended = {key for key, result in record.results.items() if not result.reroute}
                assert record.claim is None, record
                if not any(pause.covers(self.world.now()) for pause in record.pauses):
                    assert ended == {step.key for step in sequence.steps}, record
                    assert record.due_at is None, record
