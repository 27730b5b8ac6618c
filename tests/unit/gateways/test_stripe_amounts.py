"""Amounts in Stripe's units and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidError
from chalicelib.domain.money import MAX_AMOUNT, Money, currency
from chalicelib.gateways.stripe_amounts import THREE_DECIMAL, ZERO_DECIMAL, from_stripe, to_stripe


@pytest.mark.parametrize(
    ("code", "ours", "stripes"),
    [
        ("eur", 119000, 119000),
        ("jpy", 500, 500),
        ("huf", 1045, 1045),
        ("twd", 80045, 80045),
        ("isk", 5, 500),
        ("ugx", 5, 500),
        ("mga", 500, 5),
        ("kwd", 5120, 5120),
        ("clp", 990, 990),
    ],
)
def test_stripe_counts_some_currencies_differently(code: str, ours: int, stripes: int):
    money = Money(ours, currency(code))
    assert to_stripe(money) == stripes
    assert from_stripe(stripes, code) == money


@pytest.mark.parametrize(("code", "amount"), [("kwd", 5124), ("bhd", 1), ("mga", 50)])
def test_what_stripe_cannot_take_exactly_is_refused_not_rounded(code: str, amount: int):
    with pytest.raises(InvalidError, match=code.upper()):
        to_stripe(Money(amount, currency(code)))


@pytest.mark.parametrize(("amount", "code"), [(550, "isk"), (1, "ugx"), (1, "xxx"), (1, "")])
def test_what_stripe_cannot_have_said_is_invalid(amount: int, code: str):
    with pytest.raises(InvalidError):
        from_stripe(amount, code)


@given(
    code=st.sampled_from(sorted(ZERO_DECIMAL | THREE_DECIMAL | {"eur", "usd", "isk", "ugx"})),
    amount=st.integers(0, MAX_AMOUNT),
)
def test_what_can_be_sent_comes_back_the_same(code: str, amount: int):
    money = Money(amount, currency(code))
    try:
        sent = to_stripe(money)
    except InvalidError:
        return
    assert from_stripe(sent, code) == money
