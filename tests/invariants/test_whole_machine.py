"""Everything at once, in any order: a state machine of a whole Dunlin against a simple model.

The model knows only sums: what each provider payment is worth, what was asked for, given up and
paid. The watch looks at every commit and every message (I1, I2, I9), at the books after every step
(I4) and, long after, at the schedule (I3). Duplicated events and queue messages are among the
steps (I5), and so are workers that die at any call.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.domain.errors import DunlinError
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.messages import Delivery, EmailEventKind, EmailMessage, Handover
from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.invariants.effort import effort
from tests.invariants.meddling import InterruptedRenderer, MeddledLedger
from tests.invariants.model import Charge, Model, check_distance
from tests.invariants.watch import Watch
from tests.world import Crash, World, somebody

ANSWERS = [
    Handover(Delivery.NOT_NOW, reason="throttled"),
    Handover(Delivery.UNKNOWN),
    Handover(Delivery.REFUSED, reason="invalid"),
    Handover(Delivery.REFUSED, reason="opted_out"),
    Handover(Delivery.REFUSED, reason="rejected"),
]
which = st.integers(0, 50)
cents = st.integers(1, 150_00)


class WholeDunlin(RuleBasedStateMachine):
    """Rules are what can happen; invariants are what must hold whatever happens."""

    @initialize(seed=st.integers(0, 1_000))
    def begin(self, seed: int) -> None:
        self.renderer = InterruptedRenderer()
        self.world = World(
            "2026-01-05 07:30", ledger=MeddledLedger(), renderer=self.renderer, seed=seed
        )
        self.watch = Watch(self.world)
        self.invoices: list[Invoice] = []
        self.model = Model()
        self.told: list[ProviderPayment] = []
        for who, days in ((0, 10), (0, 12), (1, -3)):
            self.post(who, 100_00, days)

    @rule(who=st.integers(0, 2), minor=cents, days=st.integers(-50, 20))
    def post(self, who: int, minor: int, days: int) -> None:
        due = self.world.now().date() + timedelta(days=days)
        number = f"R-{len(self.invoices)}"
        self.invoices.append(
            self.world.post(number, due=due, issued=due, amount=minor, customer=somebody(f"c{who}"))
        )
        self.model.asked += minor

    @rule(index=which, minor=cents)
    def transfer(self, index: int, minor: int) -> None:
        with self.world.ledger.undisturbed():
            self.world.pay(self._invoice(index), minor)
        self.model.transfers += minor

    @rule(index=which)
    def pay_in_full(self, index: int) -> None:
        if left := self.world.invoice(self._invoice(index)).remaining:
            self.transfer(index, left)

    @rule(index=which, minor=cents, state=st.sampled_from(ProviderState))
    def card(self, index: int, minor: int, state: ProviderState) -> None:
        reference = f"pi_{len(self.model.charges)}"
        fact = self.world.card(self._invoice(index), minor, state=state, reference=reference)
        self.model.charges.append(Charge(fact, arrived=state is ProviderState.SUCCEEDED))
        self._hear(fact)

    @precondition(lambda self: self.model.charges)
    @rule(index=which)
    def debit_succeeds(self, index: int) -> None:
        charge = self._charge(index)
        charge.arrived = True
        done = {"state": ProviderState.SUCCEEDED, "refunded": 0}
        self._hear(self.world.later(charge.first, "payment_intent.succeeded", **done))

    @precondition(lambda self: self.model.charges)
    @rule(index=which, minor=cents)
    def refund(self, index: int, minor: int) -> None:
        charge = self._charge(index)
        charge.arrived = True
        back = min(minor, charge.first.amount.amount)
        charge.refunded = back  # what was refunded in all, as of now: refunds may fail
        self.world.clock.advance(seconds=1)
        self._hear(self.world.later(charge.first, "charge.refunded", refunded=back))

    @precondition(lambda self: self.model.charges)
    @rule(index=which)
    def dispute(self, index: int) -> None:
        charge = self._charge(index)
        charge.arrived = True
        whole = charge.first.amount.amount
        about: dict[str, object] = {"dispute": "dp_1", "disputed": whole}
        if charge.decided_at:
            about["at"] = charge.decided_at  # it comes late, and may be of the same second
        else:
            charge.disputed = whole
        self._hear(self.world.later(charge.first, "charge.dispute.created", **about))

    @precondition(lambda self: self.model.charges)
    @rule(index=which, won=st.booleans())
    def dispute_ends(self, index: int, won: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Let the bank decide, at times once more."""
        charge = self._charge(index)
        self.world.clock.advance(seconds=1)
        charge.arrived, charge.decided_at = True, self.world.clock.now()
        charge.disputed = 0 if won else charge.first.amount.amount
        about = {"dispute": "dp_1", "disputed": charge.disputed}
        self._hear(self.world.later(charge.first, "charge.dispute.closed", **about))

    @precondition(lambda self: self.told)
    @rule(index=which)
    def webhook_comes_again(self, index: int) -> None:
        self.world.hear(self.told[index % len(self.told)])

    @rule(index=which, minor=cents)
    def credit_note(self, index: int, minor: int) -> None:
        with suppress(DunlinError):
            self.world.credit(self._invoice(index), minor)

    @rule(index=which, deed=st.sampled_from(["void", "write_off", "hold", "release"]))
    def office(self, index: int, deed: str) -> None:
        with suppress(DunlinError):
            getattr(self.world, deed)(self._invoice(index))

    @precondition(lambda self: self.world.email.sent)
    @rule(index=which, kind=st.sampled_from(EmailEventKind), permanent=st.booleans())
    def mail_event(self, index: int, kind: EmailEventKind, permanent: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        message = self.world.email.attempts[index % len(self.world.email.attempts)]
        self.world.mail_event(message, kind, permanent=permanent)

    @rule(who=st.integers(0, 2), name=st.sampled_from(["new", "newer"]))
    def new_address(self, who: int, name: str) -> None:
        for invoice in self.invoices:
            if self.world.customer(invoice).external_id == f"c{who}":
                self.world.change(invoice, email=f"{name}{who}@customer.example")
                return

    @rule(
        email=st.lists(st.sampled_from(ANSWERS), max_size=3),
        sms=st.lists(st.sampled_from(ANSWERS), max_size=2),
    )
    def gateways_will_answer(self, email: list[Handover], sms: list[Handover]) -> None:
        self.world.email.script(*email)
        self.world.sms.script(*sms)

    @rule(index=which, minor=cents, when=st.sampled_from(["rendered", "sending", "dies"]))
    def in_the_middle_of_a_message(self, index: int, minor: int, when: str) -> None:
        if when == "rendered":
            self.renderer.meanwhile = lambda: self.transfer(index, minor)
            return

        def meanwhile(_: EmailMessage) -> None:
            self.world.email.before_answer = None
            if when == "dies":
                raise Crash
            self.transfer(index, minor)

        self.world.email.before_answer = meanwhile

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(30, 20 * 24)))
    def time_passes(self, hours: int) -> None:
        self.world.until(self.world.now() + timedelta(hours=hours))

    @rule(call=st.integers(0, 12), after=st.booleans(), hours=st.integers(1, 10 * 24))
    def time_passes_and_a_worker_dies(self, call: int, after: bool, hours: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        self.world.ledger.die_at = self.world.ledger.calls + call
        self.world.ledger.die_after = after
        self.time_passes(hours)
        self.world.ledger.die_at = None

    @rule(queue=st.sampled_from(["email", "sms", "letter", "action"]), times=st.integers(1, 3))
    def queue_messages_come_again(self, queue: str, times: int) -> None:
        customers = {invoice.customer_id for invoice in self.invoices}
        key = self.world.tenant.key
        messages = [{"tenant": key, "customer": each} for each in sorted(customers)]
        self.world.queues.put(queue, messages * times)
        self.world.work()

    @rule(hours=st.integers(1, 200))
    def nobody_sweeps(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    @invariant()
    def the_books_add_up(self) -> None:
        if hasattr(self, "watch"):
            self.watch.check_books()
            self.model.check(self.world)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.renderer.meanwhile = self.world.email.before_answer = None
        self.world.days(140)
        self.watch.check_books()
        self.watch.check_finished()
        check_distance(self.world)

    def _invoice(self, index: int) -> Invoice:
        return self.invoices[index % len(self.invoices)]

    def _charge(self, index: int) -> Charge:
        return self.model.charges[index % len(self.model.charges)]

    def _hear(self, fact: ProviderPayment) -> None:
        self.told.append(fact)
        self.world.hear(fact)


TestWholeDunlin = WholeDunlin.TestCase
TestWholeDunlin.settings = effort(200, steps=40)
