"""What moves on the provider's balance and how payments stand, in memory and at our emulator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import (
    AS_IT_STANDS,
    Movement,
    PaymentProvider,
    ProviderPayment,
    ProviderState,
)
from local.ports import free_port
from tests.builders import TEST, customer_id
from tests.fakes.payments import FakePaymentProvider
from tests.integration.stripe.emulator import Emulator
from tests.unit.gateways.stripe_payloads import REQUEST

pytestmark = pytest.mark.enable_socket
HOUR = timedelta(hours=1)
OTHER = Tenant("cr_0000000000000009", Mode.TEST)
"""Another creditor of Dunlin that happens to use the same account."""
AMOUNT = REQUEST.amount.amount


class Account(Protocol):
    """An account at a provider, and what customers and banks do there."""

    provider: PaymentProvider

    def pay(self, checkout: str, *, debit: bool = False) -> None: ...
    def fail(self, reference: str) -> None: ...
    def refund(self, reference: str, amount: int) -> None: ...
    def dispute(self, reference: str, *, won: bool | None = None) -> None: ...
    def turn_off(self) -> None: ...


class FakeAccount:
    """The account in memory."""

    def __init__(self) -> None:
        self.fake = FakePaymentProvider()
        self.provider: PaymentProvider = self.fake
        self._paid: dict[str, tuple[str, ProviderPayment]] = {}

    def pay(self, checkout: str, *, debit: bool = False) -> None:
        state = ProviderState.PROCESSING if debit else ProviderState.SUCCEEDED
        fact = self.fake.pay(checkout, state=state, at=WallClock().now())
        self._paid[fact.provider_reference] = checkout, fact

    def fail(self, reference: str) -> None:
        checkout, _ = self._paid[reference]
        self.fake.pay(checkout, state=ProviderState.FAILED, at=WallClock().now())

    def refund(self, reference: str, amount: int) -> None:
        checkout, fact = self._paid[reference]
        refunded = (fact.refunded or 0) + amount
        self._paid[reference] = checkout, replace(fact, refunded=refunded)
        self.fake.refund(fact, refunded)

    def dispute(self, reference: str, *, won: bool | None = None) -> None:
        _, fact = self._paid[reference]
        self.fake.dispute(fact, 0 if won else AMOUNT, closed=won is not None)

    def turn_off(self) -> None:
        self.fake.down = True


class EmulatedAccount:
    """The account at the emulator, through Stripe's SDK."""

    def __init__(self, emulator: Emulator) -> None:
        keys = StripeKeys({Mode.TEST: "sk_test_1"})
        self._emulator, self._client = emulator, emulator.client("sk_test_1")
        self.provider: PaymentProvider = StripePayments(
            lambda _: keys, WallClock(), api_base=emulator.url
        )

    def pay(self, checkout: str, *, debit: bool = False) -> None:
        how = {"method": "debit"} if debit else {"number": "4242424242424242"}
        self._emulator.pay(checkout, **how)

    def fail(self, reference: str) -> None:
        self._emulator.post(f"/_emulator/payment_intents/{reference}/fail")

    def refund(self, reference: str, amount: int) -> None:
        self._client.v1.refunds.create(params={"payment_intent": reference, "amount": amount})

    def dispute(self, reference: str, *, won: bool | None = None) -> None:
        charge = self._client.v1.payment_intents.retrieve(reference).latest_charge
        if won is None:
            self._emulator.post(f"/_emulator/charges/{charge}/dispute")
            return
        [dispute] = self._client.v1.disputes.list(params={"payment_intent": reference}).data
        self._emulator.post(f"/_emulator/disputes/{dispute.id}/{'won' if won else 'lost'}")

    def turn_off(self) -> None:
        self._emulator.post("/_emulator/settings", api="down")


@pytest.fixture(params=["fake", "stripe"])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Account]:
    if request.param == "fake":
        yield FakeAccount()
        return
    emulator = Emulator(free_port(), tmp_path / "stripe.json", "http://127.0.0.1:9/")
    emulator.start()
    yield EmulatedAccount(emulator)
    emulator.stop()


def paid(account: Account, key: str = "1", *, debit: bool = False) -> str:
    """Pay a new checkout, and return the payment's id at the provider."""
    asked = replace(REQUEST, idempotency_key=key)
    account.pay(account.provider.start_checkout(asked).id, debit=debit)
    return moved(account)[0].reference


def moved(account: Account, after: str | None = None) -> tuple[Movement, ...]:
    now = WallClock().now()
    page = account.provider.movements(TEST, now - HOUR, now + HOUR, after)
    assert page is not None
    assert (page.onward, page.unreadable) == (None, ())
    return page.data


def stands(account: Account, reference: str) -> ProviderPayment:
    fact = account.provider.standing(TEST, reference)
    assert fact is not None
    return fact


def still_open(fact: ProviderPayment) -> list[bool]:
    """Say of each dispute of a payment whether it is open."""
    assert fact.chargebacks is not None
    return [not each.is_over for each in fact.chargebacks]


def money(fact: ProviderPayment) -> tuple[ProviderState | None, int, int | None, int | None]:
    return fact.state, fact.amount.amount, fact.refunded, fact.disputed


def test_a_payment_moves_the_balance_and_the_movement_says_what_was_paid(account: Account):
    reference = paid(account)

    [movement] = moved(account)

    assert movement.fact is not None
    assert movement.fact.customer_id == customer_id()
    assert movement.fact.provider_reference == movement.reference == reference
    assert money(movement.fact) == (ProviderState.SUCCEEDED, AMOUNT, 0, 0)
    assert money(stands(account, reference)) == money(movement.fact)


def test_movements_come_newest_first_and_go_on_behind_one(account: Account):
    references = [paid(account, str(number)) for number in range(3)]
    found = moved(account)
    assert [each.reference for each in found] == references[::-1]
    assert [each.reference for each in moved(account, found[0].id)] == references[1::-1]


def test_only_what_moved_in_the_period_is_told(account: Account):
    paid(account)
    now = WallClock().now()
    for since, until in ((now - HOUR, now - HOUR / 2), (now + HOUR / 2, now + HOUR)):
        page = account.provider.movements(TEST, since, until, None)
        assert page is not None
        assert page.data == ()


def test_a_refund_and_a_dispute_move_it_too_and_the_payment_is_to_be_asked_for(account: Account):
    refunded, disputed = paid(account, "1"), paid(account, "2")
    account.refund(refunded, 200)
    account.refund(refunded, 300)
    account.dispute(disputed)

    newest = moved(account)[:3]

    assert {each.reference for each in newest} == {refunded, disputed}
    assert {each.fact for each in newest} == {None}
    assert money(stands(account, refunded)) == (ProviderState.SUCCEEDED, AMOUNT, 500, 0)
    assert money(stands(account, disputed)) == (ProviderState.SUCCEEDED, AMOUNT, 0, AMOUNT)
    assert stands(account, disputed).dispute
    assert not stands(account, disputed).dispute_closed
    assert still_open(stands(account, disputed)) == [True]
    assert still_open(stands(account, refunded)) == []


@pytest.mark.parametrize(("won", "held"), [(True, 0), (False, AMOUNT)])
def test_a_dispute_that_is_over_says_so(account: Account, *, won: bool, held: int):
    reference = paid(account)
    account.dispute(reference)
    account.dispute(reference, won=won)
    fact = stands(account, reference)
    assert (fact.disputed, fact.dispute_closed) == (held, True)
    assert still_open(fact) == [False]


def test_a_debit_moves_it_while_it_is_on_its_way_and_again_when_it_fails(account: Account):
    reference = paid(account, debit=True)
    [movement] = moved(account)
    assert movement.fact is not None
    assert movement.fact.state is ProviderState.PROCESSING

    account.fail(reference)

    assert [each.reference for each in moved(account)] == [reference, reference]
    assert stands(account, reference).state is ProviderState.FAILED


def test_each_answer_s_fact_is_its_own_and_says_that_it_is_no_event(account: Account):
    fact = stands(account, paid(account))
    assert fact.event_type == AS_IT_STANDS
    assert fact.event_id


def test_nothing_stands_that_was_never_paid_or_is_another_tenants(account: Account):
    reference = paid(account)
    assert account.provider.standing(TEST, "pi_unknown") is None
    assert account.provider.standing(OTHER, reference) is None


def test_a_provider_that_doesn_t_answer_is_unavailable(account: Account):
    reference, now = paid(account), WallClock().now()
    account.turn_off()
    with pytest.raises(PaymentUnavailableError):
        account.provider.movements(TEST, now - HOUR, now, None)
    with pytest.raises(PaymentUnavailableError):
        account.provider.standing(TEST, reference)
