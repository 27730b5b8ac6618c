"""The nightly comparison finds what differs, takes in what it can, and rings for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.comparison import Difference
from chalicelib.domain.money import Money
from chalicelib.domain.payment import PaymentStatus
from chalicelib.domain.tenant import Mode, Tenant, tenant_of
from chalicelib.ports.payments import ProviderPayment, ProviderState
from chalicelib.services.compare_payments import (
    QUEUE,
    Differs,
    Question,
    ask_for_balances,
    compare_balance,
    compare_payment,
    period_of,
)
from chalicelib.services.nightly import look_after
from chalicelib.services.try_later import TryLaterError
from tests.builders import EUR, LIVE, customer_id, utc
from tests.world import World

NOON = utc("2026-01-20 12:00")
NIGHT = utc("2026-01-21 02:40")
OTHER = Tenant("cr_0000000000000009", Mode.LIVE)
DISPUTE = (Difference.DISPUTED, Difference.OPEN_DISPUTES)


class Shop(World):
    """A world with two open invoices of one customer, who pays at the provider."""

    def __init__(self) -> None:
        super().__init__("2026-01-02 08:00")
        self.invoices = [self.post(f"R-{number}", due="2026-03-01") for number in range(2)]
        self.clock.set(NOON)
        self.marks.begin(LIVE)

    def paid(self, number: int = 0, **facts: Any) -> ProviderPayment:
        """Let an invoice be paid at the provider, of which nobody hears."""
        fact = replace(self.card(self.invoices[number], reference=f"pi_{number}"), disputed=0)
        self.payments.settle(replace(fact, **facts))
        return replace(fact, **facts)

    def night(self) -> list[Differs]:
        """Let the night come, and do what its queue asks for until nothing waits."""
        self.clock.set(NIGHT)
        ask_for_balances(self.ports, period_of(NIGHT))
        look_after(self.ports, LIVE, self.invoices[0].customer_id)
        return self.worked()

    def worked(self) -> list[Differs]:
        found = []
        while messages := self.queues.drain(QUEUE):
            for message in messages:
                tenant = tenant_of(message["tenant"])
                if "payment" not in message:
                    compare_balance(self.ports, tenant, period_of(NIGHT), message.get("after"))
                    continue
                customer, again = message.get("customer"), "again" in message
                question = Question(tenant, message["payment"], customer, again)
                found += [differs] if (differs := compare_payment(self.ports, question)) else []
        return found

    @property
    def remaining(self) -> list[int]:
        return [self.invoice(each).remaining for each in self.invoices]


def kinds(found: list[Differs]) -> list[tuple[tuple[Difference, ...], bool]]:
    return [(each.kinds, each.is_settled) for each in found]


def test_what_both_sides_know_is_nothing_to_speak_of():
    shop = Shop()
    shop.hear(shop.paid())
    assert shop.night() == []
    assert shop.remaining == [0, 100_00]


def test_money_that_nobody_heard_of_is_taken_in_as_a_webhook_is():
    shop = Shop()
    fact = shop.paid()

    found = shop.night()

    assert kinds(found) == [((Difference.NOT_HERE,), True)]
    assert found[0].reference == "pi_0"
    assert shop.remaining == [0, 100_00]
    [payment] = shop.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.id == found[0].payment_id
    assert payment.change.why.startswith("comparison ")
    assert shop.night() == []
    shop.hear(fact)  # its webhook, at last
    assert shop.remaining == [0, 100_00]


def test_a_debit_that_is_on_its_way_holds_reminders_and_one_that_failed_lets_them_go():
    shop = Shop()
    fact = shop.paid(state=ProviderState.PROCESSING)
    assert kinds(shop.night()) == [((Difference.NOT_HERE,), True)]
    [payment] = shop.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.status is PaymentStatus.PROCESSING

    shop.payments.settle(replace(fact, state=ProviderState.FAILED, at=shop.now()))
    asked = Question(LIVE, "pi_0", is_again=True)
    assert compare_payment(shop.ports, asked).kinds == (Difference.STATUS,)
    [payment] = shop.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.status is PaymentStatus.FAILED
    assert shop.remaining == [100_00, 100_00]


@pytest.mark.parametrize(
    ("taken_back", "differing", "left"),
    [
        (lambda shop, fact: shop.payments.refund(fact, 30_00), (Difference.REFUNDED,), 30_00),
        (lambda shop, fact: shop.payments.dispute(fact, 100_00), DISPUTE, 100_00),
    ],
)
def test_what_was_taken_back_without_our_hearing_is_owed_again(
    taken_back: Callable[..., object], differing: tuple[Difference, ...], left: int
):
    shop = Shop()
    fact = shop.hear(shop.paid())
    taken_back(shop, fact)

    assert kinds(shop.night()) == [(differing, True)]

    assert shop.remaining == [left, 100_00]
    assert shop.night() == []


def test_a_refund_of_a_payment_of_long_ago_shows_by_its_movement_alone():
    shop = Shop()
    shop.clock.set(utc("2026-01-05 12:00"))
    fact = shop.hear(shop.paid())
    shop.clock.set(NOON)
    shop.payments.settle(replace(fact, refunded=30_00, disputed=0, at=NOON), says=False)

    assert kinds(shop.night()) == [((Difference.REFUNDED,), True)]
    assert shop.remaining == [30_00, 100_00]


def test_a_refund_that_failed_is_no_refund():
    shop = Shop()
    fact = shop.hear(shop.paid())
    shop.hear(shop.later(fact, "charge.refunded", state=fact.state, refunded=100_00))
    assert shop.remaining == [100_00, 100_00]
    shop.clock.advance(minutes=1)
    shop.payments.settle(replace(fact, at=shop.now()), says=False)

    assert kinds(shop.night()) == [((Difference.REFUNDED,), True)]
    assert shop.remaining == [0, 100_00]


def test_a_chargeback_that_was_won_ends_its_task():
    shop = Shop()
    fact = shop.hear(shop.paid())
    shop.hear(shop.later(fact, "charge.dispute.created", dispute="dp_1", disputed=100_00))
    assert len(shop.open_tasks(shop.invoices[0])) == 1
    shop.payments.dispute(fact, 0, closed=True)

    assert kinds(shop.night()) == [(DISPUTE, True)]

    assert shop.open_tasks(shop.invoices[0]) == []
    assert shop.remaining == [0, 100_00]


def test_a_payment_that_the_provider_hasn_t_got_is_for_a_person():
    shop = Shop()
    shop.hear(replace(shop.card(shop.invoices[0]), provider_reference="pi_gone"))

    [found] = shop.night()

    assert (found.kinds, found.is_settled) == ((Difference.NOT_THERE,), False)
    assert found.reference == "pi_gone"
    assert shop.remaining == [0, 100_00]  # nothing is taken back on a suspicion


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"amount": Money(40_00, EUR)}, Difference.AMOUNT),
        ({"state": ProviderState.FAILED}, Difference.STATUS),
    ],
)
def test_what_asking_again_can_t_settle_is_for_a_person(changed: dict[str, Any], kind: Difference):
    shop = Shop()
    fact = shop.hear(shop.paid())
    shop.payments.settle(replace(fact, **changed, at=shop.now()))

    found = shop.night()

    assert set(kinds(found)) == {((kind,), False)}
    [payment] = shop.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.provider_events == (fact.event_id,)  # a night that changes nothing notes nothing


def test_money_of_a_customer_that_is_unknown_is_for_a_person():
    shop = Shop()
    shop.paid(customer_id=customer_id("stranger"))
    assert kinds(shop.night()) == [((Difference.NOT_HERE,), False)]


def test_what_is_heard_of_while_it_is_looked_at_differed_from_nothing():
    """At the first look it may be on its way: only what differs for a quarter of an hour does."""
    shop = Shop()
    fact = shop.paid()
    asked = Question(LIVE, "pi_0")

    assert compare_payment(shop.ports, asked) is None
    [queued] = shop.queues.log[-1:]
    assert (queued.message, queued.delay) == ({**asked.message, "again": "yes"}, 900)
    shop.hear(fact)

    assert shop.worked() == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda shop: compare_balance(shop.ports, LIVE, period_of(NIGHT)),
        lambda shop: compare_payment(shop.ports, Question(LIVE, "pi_0")),
    ],
)
def test_while_the_provider_doesn_t_answer_the_question_goes_back_to_its_queue(
    ask: Callable[[Shop], object],
):
    shop = Shop()
    shop.paid()
    shop.payments.down = True
    with pytest.raises(TryLaterError, match="payment_unavailable"):
        ask(shop)
    assert shop.queues.waiting(QUEUE) == []


def test_who_takes_no_payments_online_and_whose_is_another_s_is_left_alone():
    shop = Shop()
    shop.marks.begin(OTHER)
    shop.payments.without_account = {LIVE}
    shop.paid()
    assert shop.night() == []
    assert compare_payment(shop.ports, Question(OTHER, "pi_0", is_again=True)) is None
