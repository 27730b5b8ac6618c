"""The Stripe adapter, through the real SDK, at the emulator: what customers do becomes facts."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidError, PaymentUnavailableError
from chalicelib.domain.money import Money
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import Checkout, ProviderPayment, ProviderState
from tests.builders import CREDITOR_ID, JPY, KWD, LIVE, TEST, eur
from tests.fakes.world import FakeClock
from tests.integration.stripe.emulator import SECRET, Emulator, Receiver
from tests.unit.gateways.stripe_payloads import COMMUNICATION, INVOICES, OURS, REQUEST

pytestmark = pytest.mark.enable_socket
CARD = {"number": "4242424242424242"}
DECLINED = {"number": "4000000000000002"}


class Payer:
    """Our adapter, a customer who pays in the emulator, and the webhooks that follow."""

    def __init__(self, emulator: Emulator, receiver: Receiver) -> None:
        self.emulator = emulator
        self.receiver = receiver
        keys = StripeKeys({Mode.TEST: "sk_test_1", Mode.LIVE: "sk_test_live"}, ("old", SECRET))
        self.clock = FakeClock(WallClock().now().replace(microsecond=999_999))
        self.payments = StripePayments(
            lambda creditor_id: keys if creditor_id == CREDITOR_ID else None,
            self.clock,
            api_base=emulator.url,
        )

    def checkout(self, **facts: Any) -> Checkout:
        return self.payments.start_checkout(replace(REQUEST, **facts))

    def pay(self, checkout: Checkout, **form: str) -> None:
        self.emulator.pay(checkout.id, **form)

    def facts(self, kind: str, times: int = 1) -> list[ProviderPayment | None]:
        """What the webhooks of that kind say, once there are so many."""
        self.receiver.wait_for(kind, times=times)
        return [
            self.payments.read_event(CREDITOR_ID, body, signature, WallClock().now())
            for _, body, signature in self.receiver.got
            if json.loads(body)["type"] == kind
        ]

    def fact(self, kind: str) -> ProviderPayment:
        found = self.facts(kind)[-1]
        assert found is not None
        return found


@pytest.fixture
def payer(emulator: Emulator, receiver: Receiver) -> Payer:
    return Payer(emulator, receiver)


def test_a_checkout_is_opened_paid_and_told(payer: Payer):
    checkout = payer.checkout()
    assert payer.payments.look(TEST, checkout.id) is None
    payer.pay(checkout, **CARD)
    completed = payer.fact("checkout.session.completed")
    succeeded = payer.fact("payment_intent.succeeded")
    looked = payer.payments.look(TEST, checkout.id)
    assert looked is not None
    for fact in (completed, succeeded, looked):
        assert (fact.tenant, fact.customer_id) == (TEST, OURS.customer_id)
        assert (fact.amount, fact.state) == (eur(1500), ProviderState.SUCCEEDED)
        assert (fact.named, fact.communication_id) == (INVOICES, COMMUNICATION)
        assert fact.method == "card"
    assert len({fact.provider_reference for fact in (completed, succeeded, looked)}) == 1
    assert looked.refunded == 0
    at = looked.at.strftime("%Y%m%dT%H%M%SZ")
    assert looked.event_id == f"look_{succeeded.provider_reference}_succeeded_{at}"


def test_the_same_request_opens_the_same_checkout(payer: Payer):
    first = payer.checkout()
    assert payer.checkout() == first
    assert payer.checkout(idempotency_key="key-2") != first


def test_a_checkout_is_seen_by_its_tenant_only(payer: Payer):
    checkout = payer.checkout()
    payer.pay(checkout, **CARD)
    assert payer.payments.look(LIVE, checkout.id) is None
    with pytest.raises(PaymentUnavailableError):
        payer.payments.look(replace(TEST, creditor_id="cr_other"), checkout.id)


def test_a_declined_card_may_be_followed_by_a_good_one(payer: Payer):
    checkout = payer.checkout()
    payer.pay(checkout, **DECLINED)
    failed = payer.fact("payment_intent.payment_failed")
    assert (failed.state, failed.failure) == (ProviderState.FAILED, "generic_decline")
    payer.pay(checkout, **CARD)
    succeeded = payer.fact("payment_intent.succeeded")
    assert succeeded.provider_reference == failed.provider_reference


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("settle", ProviderState.SUCCEEDED), ("fail", ProviderState.FAILED)],
)
def test_a_debit_processes_first(payer: Payer, verdict: str, state: ProviderState):
    checkout = payer.checkout()
    payer.pay(checkout, method="debit")
    processing = payer.fact("payment_intent.processing")
    assert (processing.state, processing.method) == (ProviderState.PROCESSING, "other")
    assert payer.fact("checkout.session.completed").state is ProviderState.PROCESSING
    payer.emulator.post(f"/_emulator/payment_intents/{processing.provider_reference}/{verdict}")
    ending = "succeeded" if verdict == "settle" else "failed"
    assert payer.fact(f"checkout.session.async_payment_{ending}").state is state
    looked = payer.payments.look(TEST, checkout.id)
    assert looked is not None
    assert (looked.state, looked.method) == (state, "other")


def test_a_payment_that_stands_as_at_the_last_look_is_told_under_another_id(payer: Payer):
    """It may have failed and been tried again in between: whether it is news, its state says."""
    checkout = payer.checkout()
    payer.pay(checkout, method="debit")
    first = payer.payments.look(TEST, checkout.id)
    payer.clock.advance(seconds=1)
    second = payer.payments.look(TEST, checkout.id)
    assert first
    assert second
    assert (first.state, second.state) == (ProviderState.PROCESSING, ProviderState.PROCESSING)
    assert first.event_id != second.event_id
    assert first.at < first.at.replace(microsecond=999_999) < second.at, "events know seconds only"


def test_refunds_are_told_as_they_stand_in_whatever_order_they_come(payer: Payer):
    payer.pay(payer.checkout(), **CARD)
    reference = payer.fact("payment_intent.succeeded").provider_reference
    client = payer.emulator.client("sk_test_1")
    for amount in (200, 300):
        client.v1.refunds.create(params={"payment_intent": reference, "amount": amount})
    facts = payer.facts("charge.refunded", times=2)
    assert [fact.refunded if fact else None for fact in facts] == [500, 500]
    assert len({fact.event_id for fact in facts if fact}) == 2


@pytest.mark.parametrize(("verdict", "held"), [("won", 0), ("lost", 1500)])
def test_a_dispute_is_traced_to_its_payment(payer: Payer, verdict: str, held: int):
    payer.pay(payer.checkout(), **CARD)
    reference = payer.fact("payment_intent.succeeded").provider_reference
    charge_id = (
        payer.emulator.client("sk_test_1").v1.payment_intents.retrieve(reference).latest_charge
    )
    opened = payer.emulator.post(f"/_emulator/charges/{charge_id}/dispute")
    created = payer.fact("charge.dispute.created")
    assert (created.provider_reference, created.dispute) == (reference, opened["id"])
    assert (created.disputed, created.amount, created.named) == (1500, eur(1500), INVOICES)
    payer.emulator.post(f"/_emulator/disputes/{opened['id']}/{verdict}")
    closed = payer.fact("charge.dispute.closed")
    assert (closed.disputed, closed.dispute) == (held, opened["id"])
    # What was told first, told again now, says what is so now, and when that was asked.
    again = payer.fact("charge.dispute.created")
    assert (again.disputed, again.dispute_closed) == (held, True)
    assert not created.dispute_closed
    assert again.asked_at is not None


def test_yen_arrive_as_yen_and_dinars_only_in_tens(payer: Payer):
    yen = Money(1500, JPY)
    payer.pay(payer.checkout(amount=yen, lines=(("R-1", yen),)), **CARD)
    assert payer.fact("payment_intent.succeeded").amount == yen
    dinars = Money(1501, KWD)
    with pytest.raises(InvalidError):
        payer.checkout(amount=dinars, lines=(("R-1", dinars),))


def test_a_creditor_without_keys_takes_no_payments(payer: Payer):
    with pytest.raises(PaymentUnavailableError):
        payer.checkout(tenant=replace(TEST, creditor_id="cr_other"))
