"""I4: for every invoice `amount + charges = paid + credited + written off + remaining`;
allocations never exceed the payment, the rest is the customer's credit, nothing is negative.

Guards: `books._pay`, `books.hold_credit`, `books.take_back` through `apply`, the transaction
that writes payment, invoices, cases and customer at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import DunlinError
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.builders import utc
from tests.invariants.effort import effort
from tests.invariants.watch import Watch
from tests.world import World

amounts = st.integers(1, 150_00)
which = st.integers(0, 3)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("post"), which, amounts),
        st.tuples(st.just("pay"), which, amounts),
        st.tuples(st.just("credit"), which, amounts),
        st.tuples(st.just("void"), which, amounts),
        st.tuples(st.just("write_off"), which, amounts),
        st.tuples(st.just("charge"), which, amounts),
        st.tuples(st.just("refund"), which, amounts),
        st.tuples(st.just("dispute"), which, amounts),
        st.tuples(st.just("settle"), which, st.sampled_from([0, 1])),
    ),
    max_size=25,
)


class Till:
    """A world with a few invoices of one customer, and the provider's payments of them."""

    def __init__(self) -> None:
        self.world = World("2026-01-02 08:00")
        self.watch = Watch(self.world)
        self.invoices: list[Invoice] = []
        self.charges: list[ProviderPayment] = []
        for amount, due in ((100_00, "2026-01-15"), (30_00, "2026-01-10"), (1, "2026-02-01")):
            self.post(amount, due)

    def post(self, amount: int, due: str = "2026-01-20") -> None:
        number = f"R-{len(self.invoices)}"
        self.invoices.append(self.world.post(number, due=due, amount=amount))

    def do(self, what: str, index: int, amount: int) -> None:
        invoice = self.invoices[index % len(self.invoices)]
        charge = self.charges[index % len(self.charges)] if self.charges else None
        deeds: dict[str, Callable[[], object]] = {
            "post": lambda: self.post(amount),
            "pay": lambda: self.world.pay(invoice, amount),
            "credit": lambda: self.world.credit(invoice, amount),
            "void": lambda: self.world.void(invoice),
            "write_off": lambda: self.world.write_off(invoice),
            "charge": lambda: self._charge(invoice, amount),
            "refund": lambda: charge and self._refund(charge, amount),
            "dispute": lambda: charge and self._dispute(charge, amount),
            "settle": lambda: charge and self._settle(charge, won=amount == 0),
        }
        with suppress(DunlinError):  # refused: then nothing may have changed either
            deeds[what]()
        self.watch.check_books()

    def _charge(self, invoice: Invoice, amount: int) -> None:
        reference = f"pi_{len(self.charges)}"
        self.charges.append(self.world.hear(self.world.card(invoice, amount, reference=reference)))

    def _refund(self, charge: ProviderPayment, amount: int) -> None:
        back = min(amount, charge.amount.amount)
        self.world.hear(self.world.later(charge, "charge.refunded", refunded=back))

    def _dispute(self, charge: ProviderPayment, amount: int) -> None:
        held = min(amount, charge.amount.amount)
        about = {"dispute": "dp_1", "disputed": held}
        self.world.hear(self.world.later(charge, "charge.dispute.created", **about))

    def _settle(self, charge: ProviderPayment, *, won: bool) -> None:
        lost = 0 if won else charge.amount.amount
        about = {"dispute": "dp_1", "disputed": lost}
        self.world.hear(self.world.later(charge, "charge.dispute.closed", **about))


@effort(80)
@given(operations)
def test_after_every_operation_in_any_order_the_books_add_up(steps: list[tuple[str, int, int]]):
    till = Till()
    for what, index, amount in steps:
        till.do(what, index, amount)


@effort(80)
@given(st.data())
def test_the_providers_facts_in_any_order_leave_books_that_add_up(
    data: st.DataObject,
):
    till = Till()
    world = till.world
    facts: list[ProviderPayment] = []
    for number in range(3):
        invoice = till.invoices[data.draw(st.integers(0, 2))]
        amount = data.draw(amounts)
        first = world.card(
            invoice, amount, reference=f"pi_{number}", state=ProviderState.PROCESSING
        )
        facts += [first, *_life_of(world, first, data)]
    for fact in data.draw(st.permutations(facts * 2)):
        world.hear(fact)
        till.watch.check_books()


def _life_of(world: World, first: ProviderPayment, data: st.DataObject) -> list[ProviderPayment]:
    whole = first.amount.amount
    facts = [
        world.later(first, "payment_intent.succeeded", state=ProviderState.SUCCEEDED, refunded=0),
        world.later(first, "charge.refunded", refunded=data.draw(st.integers(0, whole))),
        world.later(first, "charge.dispute.created", dispute="dp_1", disputed=whole),
        world.later(first, "charge.dispute.closed", dispute="dp_1", disputed=0),
        world.later(first, "payment_intent.payment_failed", state=ProviderState.FAILED),
    ]
    return [replace(fact, at=utc(f"2026-01-0{day}")) for day, fact in enumerate(facts, 3)]


def test_a_payment_larger_than_one_transaction_pays_everything_and_adds_up():
    """Guard: `bookkeeping.apply_rest` goes on with what the first transaction left."""
    till = Till()
    for _ in range(70):
        till.post(1_00)
    till.world.pay(till.invoices[0], 250_00)
    till.watch.check_books()
    customer = till.world.customer(till.invoices[0])
    assert customer.balance == {}
    assert customer.credit == {"eur": 250_00 - 100_00 - 30_00 - 1 - 70_00}
