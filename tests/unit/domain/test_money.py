"""Money: integers only, rounding by name, nothing lost in a split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import (
    CurrencyMismatchError,
    Money,
    Rounding,
    UnknownCurrencyError,
    currency,
    total,
    totals_by_currency,
    zero,
)
from tests.builders import EUR, JPY, KWD, USD, eur
from tests.strategies import moneys, roundings


@pytest.mark.parametrize(("code", "digits"), [("eur", 2), ("JPY", 0), ("kwd", 3), ("CLF", 4)])
def test_a_currency_knows_its_digits(code, digits):
    assert currency(code).digits == digits
    assert str(currency(code)) == code.lower()


@pytest.mark.parametrize("code", ["", "e", "euro", "zzz", "xau", "xxx", "xts", "dem", "€"])
def test_what_nobody_is_invoiced_in_is_no_currency(code):
    with pytest.raises(UnknownCurrencyError):
        currency(code)


def test_a_split_puts_the_larger_parts_first():
    assert eur(100_00).split(3) == (eur(33_34), eur(33_33), eur(33_33))
    assert eur(-1_00).split(3) == (eur(-34), eur(-33), eur(-33))


@given(moneys(), st.integers(1, 60))
def test_a_split_loses_nothing_and_is_even(amount, parts):
    shares = amount.split(parts)

    assert total(list(shares), EUR) == amount
    assert len(shares) == parts
    assert max(shares) - min(shares) <= eur(1)


def test_a_split_needs_a_part():
    with pytest.raises(ValueError, match="at least one"):
        eur(1).split(0)


@given(moneys(), st.integers(0, 10_000), st.integers(1, 10_000), roundings)
def test_a_fraction_is_rounded_by_less_than_one_unit(amount, numerator, denominator, rounding):
    rounded = amount.fraction(numerator, denominator, rounding=rounding).amount

    error = abs(rounded * denominator - amount.amount * numerator)
    bound = denominator if rounding is Rounding.DOWN else denominator / 2
    assert error < bound or (error == bound and rounding is not Rounding.DOWN)


@given(moneys(), st.integers(0, 10_000), st.integers(1, 10_000), roundings)
def test_a_credit_is_rounded_as_the_charge_was(amount, numerator, denominator, rounding):
    charged = amount.fraction(numerator, denominator, rounding=rounding)
    credited = Money(-amount.amount, EUR).fraction(numerator, denominator, rounding=rounding)

    assert charged.amount == -credited.amount


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [(Rounding.HALF_UP, [1, 2, 3]), (Rounding.HALF_EVEN, [0, 2, 2]), (Rounding.DOWN, [0, 1, 2])],
)
def test_halves_go_where_the_rounding_says(rounding, expected):
    halves = [eur(amount).fraction(1, 2, rounding=rounding).amount for amount in (1, 3, 5)]

    assert halves == expected


def test_a_fraction_of_nothing_is_refused():
    with pytest.raises(ValueError, match="denominator"):
        eur(1).fraction(1, 0, rounding=Rounding.DOWN)


@pytest.mark.parametrize("mix", [Money.__add__, Money.__sub__, Money.__lt__, Money.__ge__])
def test_currencies_do_not_mix(mix):
    with pytest.raises(CurrencyMismatchError):
        mix(eur(1), Money(1, USD))


def test_only_nothing_is_false():
    assert not zero(JPY)
    assert eur(-1)


def test_totals_keep_currencies_apart_in_order_of_appearance():
    amounts = [Money(5, KWD), eur(3), Money(2, KWD)]

    assert totals_by_currency(amounts) == (Money(7, KWD), eur(3))
    assert totals_by_currency([]) == ()
