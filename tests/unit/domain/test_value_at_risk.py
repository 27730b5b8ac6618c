"""What may be lost of a debt follows from its age and two signs, and is told in sentences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.domain.aging import Bucket
from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.money import Money, currency
from chalicelib.domain.value_at_risk import LOSS_RATES, Risk, Sign, reasons, risk_of
from tests.builders import a_case, a_customer, a_dispute, eur, utc

DUE = date(2026, 1, 15)
NOON = utc("2026-01-15 12:00")


def risk(days: int, *, remaining: int = 1_000_00, broken: int = 0) -> Risk:
    """Return the risk of a case so many days after its due date."""
    case = a_case(due=DUE, remaining=remaining)
    return risk_of(case, a_customer(broken_promises=broken), NOON + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "value"), [(0, 3_00), (1, 16_00), (31, 36_00), (61, 66_00), (91, 106_00)]
)
def test_the_published_matrix(days: int, value: int):
    """IFRS 9, Illustrative Example 12: 0.3, 1.6, 3.6, 6.6 and 10.6 percent."""
    assert risk(days).value == eur(value)


def test_every_bucket_has_a_rate_and_older_ones_lose_more():
    assert list(LOSS_RATES) == list(Bucket)
    assert list(LOSS_RATES.values()) == sorted(set(LOSS_RATES.values()))


def test_the_day_is_the_customers():
    case = a_case(due=DUE)
    late = utc("2026-01-15 23:30")
    assert risk_of(case, a_customer(timezone="UTC"), late).bucket is Bucket.CURRENT
    assert risk_of(case, a_customer(timezone="Europe/Berlin"), late).bucket is Bucket.UP_TO_30


def test_a_broken_promise_counts_as_one_row_older():
    assert risk(5, broken=2).signs == (Sign.BROKEN_PROMISE,)
    assert risk(5, broken=2).value == risk(45).value
    assert risk(200, broken=1).value == risk(200).value


def test_a_dispute_counts_while_it_is_set_aside():
    until = NOON + timedelta(days=20)
    dispute = Pause(PauseKind.DISPUTE, "damaged", NOON, until, a_dispute().id)
    hold = Pause(PauseKind.HOLD, "asked for", NOON, until)
    on = NOON + timedelta(days=5)
    assert risk_of(a_case(due=DUE, pauses=(dispute,)), a_customer(), on).signs == (Sign.DISPUTE,)
    assert risk_of(a_case(due=DUE, pauses=(dispute,)), a_customer(), until).signs == ()
    assert risk_of(a_case(due=DUE, pauses=(hold,)), a_customer(), on).signs == ()


def test_a_value_is_rounded_half_up_to_the_minor_unit():
    facts = (DUE, Bucket.UP_TO_30)
    assert Risk(eur(31), *facts).value == eur(0)
    assert Risk(eur(32), *facts).value == eur(1)
    assert Risk(Money(1000, currency("jpy")), *facts).value.amount == 16


def test_the_reasons_say_how_it_comes_about():
    assert reasons(risk(45, broken=1)) == (
        "It was due on 2026-01-15 and is 31 to 60 days past due.",
        "The customer broke a promise to pay, so it counts as one row older.",
        "6.6 % of such debts count as lost (IFRS 9, Illustrative Example 12).",
    )
    assert reasons(risk(45, remaining=0)) == ("Nothing is owed any more.",)
    assert all(len(reasons(risk(days))) == 2 for days in (-3, 1, 31, 61, 91))
