"""What a provider says of a payment counts by its time, not by when it is heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.domain.payment import Payment, PaymentStatus
from chalicelib.domain.provider_facts import PaymentFact, merged
from tests.builders import a_payment, utc

NOON = utc("2026-01-15 12:00")
UNKNOWN = a_payment(status=PaymentStatus.PROCESSING, amount=100_00)


def fact(name: str, minutes: int, **said: object) -> PaymentFact:
    told = PaymentFact(event_id=name, at=NOON + timedelta(minutes=minutes), amount=100_00)
    return replace(told, **said)


def heard(*facts: PaymentFact) -> Payment:
    payment = UNKNOWN
    for each in facts:
        payment = merged(payment, each)
    return payment


PROCESSING = fact("a", 0, status=PaymentStatus.PROCESSING)
FAILED = fact("b", 1, status=PaymentStatus.FAILED)
SUCCEEDED = fact("c", 2, status=PaymentStatus.SUCCEEDED)


@pytest.mark.parametrize("order", list(permutations((PROCESSING, FAILED, SUCCEEDED))))
def test_success_is_final_in_whatever_order_it_is_told(order: tuple[PaymentFact, ...]):
    assert heard(*order).status is PaymentStatus.SUCCEEDED


def test_a_late_word_of_processing_does_not_undo_a_failure():
    assert heard(FAILED, PROCESSING).status is PaymentStatus.FAILED


def test_a_new_attempt_after_a_failure_is_processing_again():
    again = fact("d", 5, status=PaymentStatus.PROCESSING)
    assert heard(PROCESSING, FAILED, again).status is PaymentStatus.PROCESSING


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_a_refund_that_failed_later_comes_back(order: tuple[int, ...]):
    told = [
        SUCCEEDED,
        fact("r", 10, refunded=100_00, about_refund=True),
        fact("f", 20, refunded=0, about_refund=True),
    ]
    payment = heard(*(told[index] for index in order))
    assert (payment.status, payment.refunded) == (PaymentStatus.SUCCEEDED, 0)


def test_a_success_that_knows_of_no_refund_does_not_take_one_back():
    late = replace(SUCCEEDED, at=NOON + timedelta(hours=1), refunded=0)
    assert heard(fact("r", 10, refunded=100_00, about_refund=True), late).refunded == 100_00


def test_of_two_refunds_told_at_once_the_larger_counts():
    first, second = (
        fact("r1", 10, refunded=30_00, about_refund=True),
        fact("r2", 10, refunded=50_00, about_refund=True),
    )
    assert heard(first, second).refunded == heard(second, first).refunded == 50_00


def test_a_closed_dispute_is_not_opened_again_by_its_late_beginning():
    opened = fact("o", 10, dispute="dp_1", disputed=100_00)
    won = fact("w", 20, dispute="dp_1", disputed=0, dispute_closed=True)
    for order in ((opened, won), (won, opened)):
        payment = heard(SUCCEEDED, *order)
        assert (payment.disputed, payment.open_disputes) == (0, ())


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
@pytest.mark.parametrize(("first", "last"), [(100_00, 0), (0, 100_00)], ids=["won", "lost"])
def test_an_appeal_moves_the_money_of_a_closed_dispute_and_opens_nothing(
    order: tuple[int, ...], first: int, last: int
):
    told = [
        fact("o", 10, dispute="dp_1", disputed=100_00),
        fact("c", 20, dispute="dp_1", disputed=first, dispute_closed=True),
        fact("a", 30, dispute="dp_1", disputed=last, dispute_closed=True),
    ]
    payment = heard(SUCCEEDED, *(told[index] for index in order))
    assert (payment.disputed, payment.disputed_at) == (last, told[2].at)
    assert (payment.open_disputes, payment.closed_disputes) == ((), ("dp_1",))


def test_a_beginning_of_the_same_second_does_not_undo_the_end():
    opened = fact("o", 20, dispute="dp_1", disputed=100_00)
    won = fact("w", 20, dispute="dp_1", disputed=0, dispute_closed=True)
    for order in ((opened, won), (won, opened)):
        assert heard(SUCCEEDED, *order).disputed == 0


def test_the_end_of_a_dispute_counts_although_the_provider_was_asked_between_end_and_hearing():
    later = NOON + timedelta(minutes=40)
    asked = fact("n", 30, dispute="dp_1", disputed=100_00)
    won = fact("w", 20, dispute="dp_1", disputed=0, dispute_closed=True, asked_at=later)
    payment = heard(SUCCEEDED, asked, won)
    assert (payment.disputed, payment.disputed_at, payment.open_disputes) == (0, later, ())
