"""Whether a tenant has an account at the provider is known without asking the provider."""

from __future__ import annotations

import pytest

from chalicelib.domain.tenant import Mode
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import PaymentProvider
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.fakes.payments import FakePaymentProvider


def in_memory(*, has_secret: bool) -> PaymentProvider:
    fake = FakePaymentProvider()
    fake.without_account = {LIVE} if has_secret else {LIVE, TEST}
    fake.down = True
    return fake


def at_stripe(*, has_secret: bool) -> PaymentProvider:
    keys = {CREDITOR_ID: StripeKeys({Mode.TEST: "sk_test_1"})} if has_secret else {}
    return StripePayments(keys.get, WallClock(), api_base="http://127.0.0.1:9")


@pytest.mark.parametrize("provider", [in_memory, at_stripe])
def test_each_mode_has_an_account_of_its_own(provider):
    with_test_key = provider(has_secret=True)
    assert [with_test_key.has_account(each) for each in (TEST, LIVE)] == [True, False]
    without = provider(has_secret=False)
    assert [without.has_account(each) for each in (TEST, LIVE)] == [False, False]
