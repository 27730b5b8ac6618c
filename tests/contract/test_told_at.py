"""When the provider told an event, in memory and at our emulator: of the list's alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import PaymentProvider, ProviderPayment
from local.ports import free_port
from tests.builders import LIVE, TEST
from tests.fakes.payments import FakePaymentProvider
from tests.integration.stripe.emulator import Emulator, soon
from tests.unit.gateways.stripe_payloads import REQUEST

pytestmark = pytest.mark.enable_socket
HOUR = timedelta(hours=1)
Paid = tuple[PaymentProvider, Callable[[], None]]
"""A provider at whom the test tenant was paid once, and what closes it."""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = Emulator(free_port(), tmp_path / "stripe.json", "http://127.0.0.1:9/")
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["fake", "stripe"])
def paid(request: pytest.FixtureRequest) -> Paid:
    if request.param == "fake":
        fake = FakePaymentProvider()
        fake.told = [fake.pay(fake.start_checkout(REQUEST).id, at=WallClock().now())]
        return fake, lambda: setattr(fake, "down", True)
    emulator = request.getfixturevalue("emulator")
    keys = StripeKeys({Mode.TEST: "sk_test_1", Mode.LIVE: "sk_test_2"})
    stripe = StripePayments(lambda _: keys, WallClock(), api_base=emulator.url)
    emulator.pay(stripe.start_checkout(REQUEST).id, number="4242424242424242")
    soon(lambda: bool(facts(stripe)), "the payment in the list")
    return stripe, lambda: emulator.post("/_emulator/settings", api="down")


def facts(provider: PaymentProvider) -> tuple[ProviderPayment, ...]:
    now = WallClock().now()
    told = provider.events_since(TEST, now - HOUR, now + HOUR, deadline=now + HOUR)
    assert told is not None
    return told.facts


def test_an_event_of_the_list_was_told_when_the_list_says(paid: Paid):
    provider, _ = paid
    found = facts(provider)
    assert found
    assert [provider.told_at(TEST, each.event_id) for each in found] == [each.at for each in found]


def test_what_was_never_told_or_to_another_account_was_told_at_no_time(paid: Paid):
    provider, _ = paid
    [fact, *_] = facts(provider)
    assert provider.told_at(TEST, "evt_x") is None
    assert provider.told_at(LIVE, fact.event_id) is None


def test_a_provider_that_does_not_answer_is_unavailable(paid: Paid):
    provider, close = paid
    [fact, *_] = facts(provider)
    close()
    with pytest.raises(PaymentUnavailableError):
        provider.told_at(TEST, fact.event_id)


def test_what_the_catch_up_never_reads_is_none_of_it(emulator: Emulator):
    keys = StripeKeys({Mode.TEST: "sk_test_1"})
    stripe = StripePayments(lambda _: keys, WallClock(), api_base=emulator.url)
    emulator.pay(
        stripe.start_checkout(REQUEST).id,
        method="card",
        number="4242424242424242",
    )
    client = emulator.client("sk_test_1")
    soon(lambda: bool(client.v1.events.list(params={"type": "charge.succeeded"}).data), "a charge")
    [charged] = client.v1.events.list(params={"type": "charge.succeeded"}).data
    assert stripe.told_at(TEST, charged.id) is None
