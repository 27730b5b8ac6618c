"""Interest is simple, exact to the day, and the same however its period is cut."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import (
    CompensationUnknownError,
    NotForConsumersError,
    RateUnknownError,
)
from chalicelib.domain.interest import (
    DAY,
    DayCount,
    Interest,
    InterestRounding,
    Owed,
    Rate,
    interest,
)
from chalicelib.domain.late_payment import LAWS, compensation, law_of, statutory_rate
from chalicelib.domain.reference_rates import (
    HUNDREDTHS,
    KnownRate,
    ReferenceRate,
    reference_rate,
)

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "metrics.json"
NINE = Rate(90_000)
START = date(2024, 1, 1)


def nine_percent(owed: Owed, since: date, until: date, **facts: Any) -> Interest:
    return interest(owed, since, until, rate_on=lambda _: NINE, **facts)


@pytest.mark.realdata
@pytest.mark.skipif(not VECTORS.exists(), reason="../shared/vectors is absent")
def test_the_published_cases():
    vectors = json.loads(VECTORS.read_text())
    uk = vectors["uk_late_payment_interest"]
    rate = Rate(int(uk["annual_rate_percent"] * 10_000))
    since = date(2024, 3, 2)
    found = interest(
        Owed(uk["principal"]),
        since,
        since + timedelta(days=uk["days"] - 1),
        rate_on=lambda _: rate,
        rounding=InterestRounding.DAILY,
    )
    assert (found.amount, found.amount // uk["days"]) == (uk["expect"], uk["expect_daily"])
    tiers = tuple(tuple(each) for each in vectors["uk_compensation"]["tiers"])
    assert LAWS["GB"].compensation == tiers
    assert vectors["eu_late_payment_interest"]["rule"].endswith("40 EUR compensation")
    assert {LAWS[each].compensation for each in LAWS if each not in {"GB", "IE"}} == {
        ((None, 4000),)
    }


def test_the_day_of_payment_still_counts_and_the_due_date_does_not():
    due, paid = date(2024, 3, 1), date(2024, 3, 11)
    owed = Owed(365_00, ((paid, 365_00),))
    found = nine_percent(owed, due + DAY, date(2024, 4, 1))
    assert [(part.days, part.amount) for part in found.parts] == [(10, 90), (21, 0)]


def test_a_part_payment_lowers_what_bears_interest():
    owed = Owed(730_00, ((date(2024, 1, 10), 365_00),))
    found = nine_percent(owed, START, date(2024, 1, 20))
    assert [(p.principal, p.days, p.amount) for p in found.parts] == [
        (730_00, 10, 180),
        (365_00, 10, 90),
    ]


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [(DayCount.ACTUAL_365, 31), (DayCount.ACTUAL_ACTUAL, 31), (DayCount.ACTUAL_360, 32)],
)
def test_a_day_is_a_part_of_a_year_by_convention(day_count: DayCount, expected: int):
    found = nine_percent(Owed(1_264_66), START, START, day_count=day_count)
    assert found.amount == expected


def test_a_leap_year_has_a_day_more_by_its_own_count():
    whole = (START, date(2024, 12, 31))
    assert nine_percent(Owed(100_00), *whole, day_count=DayCount.ACTUAL_ACTUAL).amount == 9_00
    assert nine_percent(Owed(100_00), *whole).amount == 9_02


payments = st.lists(
    st.tuples(st.integers(-10, 900).map(lambda n: START + timedelta(days=n)), st.integers(1, 9**6)),
    max_size=4,
).map(tuple)


@settings(deadline=None)
@given(
    amount=st.integers(1, 10**9),
    paid=payments,
    cuts=st.lists(st.integers(1, 799), max_size=5, unique=True).map(sorted),
    day_count=st.sampled_from(DayCount),
    rounding=st.sampled_from(InterestRounding),
    law=st.sampled_from(sorted(LAWS)),
)
def test_a_period_bears_what_its_parts_bear(amount, paid, cuts, day_count, rounding, law):
    def of(since: int, until: int, carried: Fraction = Fraction(0)) -> Interest:
        return interest(
            Owed(amount, paid),
            START + timedelta(days=since),
            START + timedelta(days=until - 1),
            rate_on=lambda day: statutory_rate(LAWS[law], day, first_day=START, is_consumer=False),
            day_count=day_count,
            rounding=rounding,
            carried=carried,
        )

    whole, total, carried = of(0, 800), 0, Fraction(0)
    for since, until in zip([0, *cuts], [*cuts, 800], strict=True):
        part = of(since, until, carried)
        total, carried = total + part.amount, part.carried
    assert (total, carried) == (whole.amount, whole.carried)
    assert sum(part.days for part in whole.parts) == 800


def test_the_rate_changes_with_the_half_year_but_not_in_the_united_kingdom():
    def rates(country: str, of: int) -> list[tuple[int, int, int]]:
        first = date(2024, 5, 2)
        found = interest(
            Owed(of),
            first,
            date(2024, 8, 29),
            rate_on=lambda day: statutory_rate(
                LAWS[country], day, first_day=first, is_consumer=False
            ),
        )
        return [(part.days, part.rate, part.amount) for part in found.parts]

    assert rates("DE", 10_000_00) == [(60, 126_200, 207_45), (60, 123_700, 203_34)]
    assert rates("FR", 10_000_00) == [(60, 145_000, 238_36), (60, 142_500, 234_24)]
    assert rates("BE", 10_000_00) == [(60, 125_000, 205_48), (60, 125_000, 205_48)]
    assert rates("GB", 10_000_00) == [(60, 132_500, 217_81), (60, 132_500, 217_81)]


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (ReferenceRate.ECB, "2016-07-01", 0),
        (ReferenceRate.ECB, "2022-12-31", 0),
        (ReferenceRate.ECB, "2023-01-01", 25_000),
        (ReferenceRate.ECB, "2024-06-30", 45_000),
        (ReferenceRate.DE, "2022-12-31", -8_800),
        (ReferenceRate.DE, "2024-01-01", 36_200),
        (ReferenceRate.DE, "2025-12-31", 12_700),
        (ReferenceRate.AT, "2021-01-01", -6_200),
        (ReferenceRate.AT, "2023-06-30", 18_800),
        (ReferenceRate.AT, "2024-01-01", 38_800),
        (ReferenceRate.GB, "2020-07-01", 1_000),
        (ReferenceRate.GB, "2024-12-31", 52_500),
    ],
)
def test_reference_rates_as_published(of: ReferenceRate, day: str, expected: int):
    assert reference_rate(of, date.fromisoformat(day)) == expected


def test_the_german_rate_follows_the_central_banks():
    """BGB 247: by as many points as the main refinancing operations' rate."""
    apart = {
        one - other
        for one, other in zip(
            HUNDREDTHS[ReferenceRate.ECB], HUNDREDTHS[ReferenceRate.DE], strict=True
        )
    }
    assert apart == {88}
    assert len({len(each) for each in HUNDREDTHS.values()}) == 1


@pytest.mark.parametrize("day", [date(2016, 6, 30), date(2026, 7, 1), date(2031, 1, 1)])
@pytest.mark.parametrize("of", ReferenceRate)
def test_no_rate_is_guessed(of: ReferenceRate, day: date):
    with pytest.raises(RateUnknownError):
        reference_rate(of, day)


def test_a_creditor_may_know_more():
    own = (KnownRate(ReferenceRate.ECB, date(2031, 1, 1), 30_000),)
    assert reference_rate(ReferenceRate.ECB, date(2031, 6, 30), own) == 30_000
    with pytest.raises(RateUnknownError):
        reference_rate(ReferenceRate.ECB, date(2031, 7, 1), own)
    with pytest.raises(RateUnknownError):
        law_of("US")


def test_consumers_owe_less_or_nothing():
    day = date(2024, 3, 1)
    assert statutory_rate(LAWS["DE"], day, first_day=day, is_consumer=True).of_year == 86_200
    with pytest.raises(NotForConsumersError):
        statutory_rate(LAWS["FR"], day, first_day=day, is_consumer=True)
    with pytest.raises(NotForConsumersError):
        compensation(LAWS["DE"], 100_00, "eur", is_consumer=True)


@pytest.mark.parametrize(
    ("country", "debt", "expected"),
    [
        ("DE", 1, 40_00),
        ("GB", 999_99, 40_00),
        ("GB", 1_000_00, 70_00),
        ("GB", 9_999_99, 70_00),
        ("GB", 10_000_00, 100_00),
        ("IE", 1_000_00, 40_00),
        ("IE", 1_000_01, 70_00),
    ],
)
def test_the_lump_sum(country: str, debt: int, expected: int):
    law = LAWS[country]
    assert compensation(law, debt, law.currency, is_consumer=False) == expected
    with pytest.raises(CompensationUnknownError):
        compensation(law, debt, "usd", is_consumer=False)
