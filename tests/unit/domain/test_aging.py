"""What is owed falls into buckets by its age; money on account clears the oldest first."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.aging import Bucket, aged, bucket_of, outstanding
from chalicelib.domain.allocation import OpenItem
from tests.strategies import dates

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "metrics.json"
TODAY = date(2026, 3, 31)


def item(name: str, amount: int, days: int) -> OpenItem:
    """Return what has been past due for so many days today."""
    return OpenItem(name, amount, TODAY - timedelta(days=days))


@pytest.mark.realdata
@pytest.mark.skipif(not VECTORS.exists(), reason="../shared/vectors is absent")
def test_the_published_case():
    case = json.loads(VECTORS.read_text())["aging_allocation"]
    terms = [
        OpenItem(f"term {number}", amount, TODAY + timedelta(days=30 * number))
        for number, amount in enumerate(case["terms"])
    ]
    assert list(outstanding(terms, case["paid"])) == case["expect_outstanding"]
    total = sum(case["expect_outstanding"])
    assert sum(aged(terms, TODAY, credit=case["paid"]).values()) == total


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-5, Bucket.CURRENT),
        (0, Bucket.CURRENT),
        (1, Bucket.UP_TO_30),
        (30, Bucket.UP_TO_30),
        (31, Bucket.UP_TO_60),
        (60, Bucket.UP_TO_60),
        (61, Bucket.UP_TO_90),
        (90, Bucket.UP_TO_90),
        (91, Bucket.OVER_90),
    ],
)
def test_a_bucket_ends_with_its_last_day(days: int, bucket: Bucket):
    assert bucket_of(days) is bucket


def test_what_is_owed_by_age():
    items = [item("a", 100, -3), item("b", 50, 12), item("c", 20, 95), item("d", 5, 30)]
    assert aged(items, TODAY) == {
        Bucket.CURRENT: 100,
        Bucket.UP_TO_30: 55,
        Bucket.UP_TO_60: 0,
        Bucket.UP_TO_90: 0,
        Bucket.OVER_90: 20,
    }
    assert aged(items, TODAY, credit=24)[Bucket.UP_TO_30] == 51


@given(
    st.lists(st.tuples(st.integers(0, 10**9), dates()), max_size=8),
    dates(),
    st.integers(0, 10**10),
)
def test_the_buckets_add_up_to_what_is_owed(owed: list[tuple[int, date]], today: date, credit: int):
    items = [OpenItem(str(number), *each) for number, each in enumerate(owed)]
    left = max(0, sum(amount for amount, _ in owed) - credit)
    assert sum(aged(items, today, credit=credit).values()) == left
