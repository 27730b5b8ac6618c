"""Any story of postings, days, payments, pauses and bounces: the domain does what the model does.

The model (simple_model.py) counts days by hand; the domain runs `decide()` and the books.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.domain.books import Books
from chalicelib.domain.case import CaseStatus, CustomerFile, Outcome, PauseKind, StepResult
from chalicelib.domain.customer import SYSTEM
from tests.builders import (
    a_customer,
    a_pause,
    a_payment,
    a_sequence,
    a_step,
    a_window,
    an_invoice,
    case_of,
    rules,
)
from tests.unit.domain.doing import sweep
from tests.unit.domain.simple_model import CHANNELS, GAP_DAYS, OFFSETS, Model, ModelInvoice

SEQUENCE = a_sequence(
    *(a_step(key, offset, CHANNELS[key]) for key, offset in OFFSETS.items()),
    min_gap_days=GAP_DAYS,
    window=a_window(),
)
RULES = rules(SEQUENCE)
FIRST_DAY = date(2026, 3, 10)
MAX_INVOICES = 4
which = st.integers(0, MAX_INVOICES - 1)


class CaseMachine(RuleBasedStateMachine):
    """Tells both the same story, and compares the messages, the tasks and the books."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(FIRST_DAY)
        self.books = Books(a_customer(country="XX"), {}, {}, self.now, SYSTEM)
        self.payments: list = []
        self.messages: list[tuple[date, str, dict[str, str]]] = []
        self.tasks: list[tuple[date, str, str]] = []
        self.last_parts: list[tuple[str, str]] = []

    @property
    def now(self) -> datetime:
        return datetime.combine(self.model.today, time(11), tzinfo=UTC)

    # what happens

    @precondition(lambda self: len(self.model.invoices) < MAX_INVOICES)
    @rule(due_in=st.integers(-25, 12), amount=st.integers(1, 200_00))
    def post(self, due_in, amount):
        due = self.model.today + timedelta(days=due_in)
        number = f"R-{len(self.model.invoices)}"
        invoice = an_invoice(number, due=due, issued=due - timedelta(days=30), amount=amount)
        self.books.add_invoice(invoice, case_of(invoice))
        self.model.invoices[number] = ModelInvoice(number, due, amount, invoice.id)
        self._sweep()

    @rule(days=st.integers(1, 12))
    def days_pass(self, days):
        for _ in range(days):
            self.model.today += timedelta(days=1)
            self._sweep()

    @rule(days=st.integers(2, 40))
    def an_outage_lasts(self, days):
        self.model.today += timedelta(days=days)
        self._sweep()

    @rule()
    def sweep_twice(self):
        self._sweep()
        before = len(self.messages), len(self.tasks)
        self._sweep_domain()
        assert (len(self.messages), len(self.tasks)) == before

    @precondition(lambda self: self.model.invoices)
    @rule(which=which, percent=st.sampled_from([1, 60, 100]))
    def pay(self, which, percent):
        number, invoice = self._pick(which)
        amount = -(-invoice.remaining * percent // 100)
        if not invoice.is_open:
            return
        payment = a_payment(amount, name=f"P-{len(self.payments)}", named=(invoice.id,))
        self.payments.append((number, self.books.apply(payment)))
        self.model.invoices[number].remaining -= amount
        self._forget_message_of_closed()

    @precondition(lambda self: self.payments)
    @rule(which=st.integers(0, 9), percent=st.sampled_from([1, 50, 100]))
    def refund(self, which, percent):
        index = which % len(self.payments)
        number, payment = self.payments[index]
        amount = -(-payment.effective * percent // 100)
        after = replace(payment, refunded=payment.refunded + amount)
        self.payments[index] = (number, self.books.apply(after))
        if not self.model.invoices[number].given_up:
            self.model.invoices[number].owe(amount, self.model.today)

    @precondition(lambda self: self.model.invoices)
    @rule(which=which)
    def void(self, which):
        number, invoice = self._pick(which)
        if not invoice.is_open:
            return
        self.books.void(invoice.id)
        self.model.invoices[number].given_up = True
        self.model.invoices[number].remaining = 0
        self._forget_message_of_closed()

    @precondition(lambda self: self.model.invoices)
    @rule(which=which, days=st.one_of(st.none(), st.integers(1, 20)))
    def hold(self, which, days):
        number, invoice = self._pick(which)
        until = self.model.today + timedelta(days=days) if days else None
        pause = a_pause(PauseKind.HOLD, until.isoformat() if until else None)
        case = self.books.cases[invoice.id]
        self.books.cases[invoice.id] = replace(case, pauses=(pause,))
        self.model.invoices[number].held = True
        self.model.invoices[number].held_until = until

    @precondition(lambda self: self.model.invoices)
    @rule(which=which)
    def release(self, which):
        number, invoice = self._pick(which)
        self.books.cases[invoice.id] = replace(self.books.cases[invoice.id], pauses=())
        self.model.invoices[number].held = False

    @precondition(lambda self: self.last_parts)
    @rule()
    def bounce(self):
        for case_id, step in self.last_parts:
            for invoice_id, case in self.books.cases.items():
                if case.id == case_id:
                    result = replace(
                        case.results[step], outcome=Outcome.FAILED, reason="bounced", reroute=True
                    )
                    results: dict[str, StepResult] = {**case.results, step: result}
                    self.books.cases[invoice_id] = replace(case, results=results)
        self.model.bounce_last()
        self.last_parts = []

    # what must hold

    @invariant()
    def the_same_messages_went_out(self):
        assert self.messages == [(m.day, m.channel, m.steps) for m in self.model.messages]
        assert sorted(self.tasks) == sorted(self.model.tasks)

    @invariant()
    def the_books_agree(self):
        owed = sum(invoice.remaining for invoice in self.model.invoices.values())
        assert self.books.customer.balance == ({"eur": owed} if owed else {})
        for invoice in self.books.invoices.values():
            assert invoice.remaining == self.model.invoices[invoice.number].remaining
            assert self.books.cases[invoice.id].remaining == invoice.remaining

    # how it is told

    def _pick(self, which):
        number = f"R-{which % len(self.model.invoices)}"
        return number, next(i for i in self.books.invoices.values() if i.number == number)

    def _sweep(self):
        self.model.sweep()
        self._sweep_domain()

    def _sweep_domain(self):
        self.books.now = self.now
        open_cases = [c for c in self.books.cases.values() if c.status is CaseStatus.OPEN]
        done = sweep(CustomerFile(self.books.customer, tuple(open_cases)), RULES, self.now)
        number_of = {case.id: case.number for case in open_cases}
        for send in done.sends:
            steps = {number_of[part.case_id]: part.step for part in send.parts}
            self.messages.append((self.model.today, send.channel.value, steps))
            self.last_parts = [(part.case_id, part.step) for part in send.parts]
        self.tasks += [(self.model.today, number_of[act.case_id], act.step) for act in done.acts]
        for case in done.file.cases:
            self.books.cases[case.invoice_id] = case

    def _forget_message_of_closed(self):
        """A message of a closed case stays a contact even if it bounces: no bounce from here."""
        closed = {c.id for c in self.books.cases.values() if c.status is CaseStatus.CLOSED}
        if any(case_id in closed for case_id, _ in self.last_parts):
            self.last_parts = []


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(deadline=None, max_examples=150, stateful_step_count=40)
