"""What counts as a difference between our payment and the provider's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.comparison import Difference, Standing, differences
from chalicelib.domain.money import currency
from chalicelib.domain.payment import Payment, PaymentStatus
from tests.builders import EUR
from tests.builders.payments import a_payment

JPY = currency("jpy")
AMOUNTS = st.integers(0, 10**9)
STATUSES = st.sampled_from(PaymentStatus)
PAYMENTS = st.builds(
    lambda amount, status, refunded, disputed, of, disputes: a_payment(
        amount,
        status=status,
        refunded=refunded,
        disputed=disputed,
        currency=of,
        open_disputes=tuple(disputes),
    ),
    AMOUNTS,
    STATUSES,
    AMOUNTS,
    AMOUNTS,
    st.sampled_from([EUR, JPY]),
    st.sets(st.sampled_from(["dp_1", "dp_2"])),
)


def there(payment: Payment) -> Standing:
    """Return a payment as the provider has it, if it has it as we do."""
    return Standing(
        payment.currency,
        payment.amount,
        payment.status,
        payment.refunded,
        payment.disputed,
        frozenset(payment.open_disputes),
    )


@given(PAYMENTS)
def test_what_is_the_same_on_both_sides_never_differs(payment: Payment):
    assert differences(payment, there(payment)) == ()


@given(PAYMENTS, PAYMENTS)
def test_where_nothing_differs_the_creditor_has_the_same_money(ours: Payment, theirs: Payment):
    if not differences(ours, there(theirs)):
        assert ours.effective == theirs.effective
        assert ours.effective == 0 or ours.currency == theirs.currency


@given(PAYMENTS, PAYMENTS)
def test_it_differs_from_either_side(ours: Payment, theirs: Payment):
    assert differences(ours, there(theirs)) == differences(theirs, there(ours))


@given(PAYMENTS)
def test_what_only_one_side_has_is_found_unless_it_failed(payment: Payment):
    failed = payment.status is PaymentStatus.FAILED
    assert differences(None, there(payment)) == (() if failed else (Difference.NOT_HERE,))
    assert differences(payment, None) == (() if failed else (Difference.NOT_THERE,))


@given(PAYMENTS)
def test_what_the_provider_doesn_t_say_differs_from_nothing(payment: Payment):
    silent = replace(there(payment), refunded=None, disputed=None, open_disputes=None)
    assert differences(payment, silent) == ()


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"amount": 99_00}, (Difference.AMOUNT,)),
        ({"currency": JPY}, (Difference.CURRENCY,)),
        ({"status": PaymentStatus.PROCESSING}, (Difference.STATUS,)),
        ({"status": PaymentStatus.FAILED}, (Difference.STATUS,)),
        ({"refunded": 1}, (Difference.REFUNDED,)),
        ({"disputed": 100_00}, (Difference.DISPUTED,)),
        ({"open_disputes": frozenset({"dp_1"})}, (Difference.OPEN_DISPUTES,)),
        ({"refunded": 1, "disputed": 2}, (Difference.REFUNDED, Difference.DISPUTED)),
    ],
)
def test_each_difference_has_its_name(changed: dict[str, object], kinds: tuple[Difference, ...]):
    payment = a_payment(100_00)
    assert differences(payment, replace(there(payment), **changed)) == kinds


def test_a_dispute_that_is_over_there_differs_while_it_is_open_here_and_an_appeal_opens_none():
    waits = a_payment(100_00, open_disputes=("dp_1",))
    appealed = a_payment(100_00, closed_disputes=("dp_1",))
    for_ever = replace(there(waits), open_disputes=frozenset())
    assert differences(waits, for_ever) == (Difference.OPEN_DISPUTES,)
    assert differences(appealed, there(waits)) == ()


def test_neither_side_having_it_is_no_difference():
    assert differences(None, None) == ()


def test_a_debit_that_failed_may_have_been_tried_over_another_amount():
    failed = a_payment(100_00, status=PaymentStatus.FAILED)
    assert differences(failed, replace(there(failed), amount=50_00)) == ()
