"""Where a payment goes: what is asked for, what is disputed, and the charges, in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import Case
from chalicelib.domain.spreading import spread
from chalicelib.domain.undisputed import undisputed
from tests.builders import a_case, a_dispute, berlin, utc

NOW = utc("2026-01-26 12:00")
OLDEST, NAMED, NEWEST = "R-1", "R-2", "R-3"


def owed(number: str, *, charges: int = 0, disputed: int | None = 0, due: str = "01-15") -> Case:
    """Return the case of an invoice over €100.00, with so much charged and disputed on it."""
    case = a_case(number, due=f"2026-{due}", remaining=100_00 + charges, charges=charges)
    if disputed == 0:
        return case
    return replace(case, pauses=(a_dispute(number, amount=disputed).pause(berlin()),))


def told(amount: int, *cases: Case, named: str = NAMED, waives: bool = False) -> dict[str, int]:
    """Return where so much goes, by the numbers of the invoices."""
    own = tuple(case.invoice_id for case in cases if case.number in named.split())
    numbers = {case.invoice_id: case.number for case in cases}
    given_ = spread(amount, cases, own, NOW, waives=waives)
    assert len({each.invoice_id for each in given_}) == len(given_)
    return {numbers[each.invoice_id]: each.amount for each in given_}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (70_00, {NAMED: 70_00}),
        (100_00, {NAMED: 100_00}),  # what is disputed of it before others: it was named
        (130_00, {NAMED: 100_00, OLDEST: 30_00}),
        (170_00, {NAMED: 100_00, OLDEST: 60_00, NEWEST: 10_00}),
        (400_00, {NAMED: 100_00, OLDEST: 60_00, NEWEST: 100_00}),  # the rest is credit
    ],
)
def test_what_is_asked_for_comes_first_and_what_others_dispute_never(amount, expected):
    cases = (
        owed(NEWEST, due="01-20"),
        owed(NAMED, disputed=30_00),
        owed(OLDEST, disputed=40_00, due="01-05"),
    )
    assert told(amount, *cases) == expected


def test_what_is_asked_for_on_all_that_are_named_comes_before_what_is_disputed_on_one():
    cases = (owed(OLDEST, disputed=60_00), owed(NAMED), owed(NEWEST))
    both = f"{OLDEST} {NAMED}"
    assert told(140_00, *cases, named=both) == {OLDEST: 40_00, NAMED: 100_00}
    assert told(150_00, *cases, named=both) == {OLDEST: 50_00, NAMED: 100_00}
    assert told(210_00, *cases, named=both) == {OLDEST: 100_00, NAMED: 100_00, NEWEST: 10_00}


def test_what_is_disputed_as_a_whole_is_paid_by_who_names_it():
    cases = (owed(OLDEST, disputed=None), owed(NAMED, disputed=None))
    assert told(150_00, *cases) == {NAMED: 100_00}
    assert told(150_00, *cases, named="") == {}


@pytest.mark.parametrize(
    ("amount", "kept", "waived"),
    [
        (200_00, {OLDEST: 105_00, NAMED: 95_00}, {OLDEST: 100_00, NAMED: 100_00}),
        (103_00, {OLDEST: 103_00}, {OLDEST: 100_00, NAMED: 3_00}),
        (203_00, {OLDEST: 105_00, NAMED: 98_00}, {OLDEST: 103_00, NAMED: 100_00}),
        (205_00, {OLDEST: 105_00, NAMED: 100_00}, {OLDEST: 105_00, NAMED: 100_00}),
    ],
)
def test_where_charges_are_waived_the_invoices_come_before_them(amount, kept, waived):
    cases = (owed(OLDEST, charges=5_00, due="01-05"), owed(NAMED))
    assert told(amount, *cases, named="") == kept
    assert told(amount, *cases, named="", waives=True) == waived


def test_who_pays_what_is_asked_for_on_the_named_pays_their_charges():
    cases = (owed(OLDEST, due="01-05"), owed(NAMED, charges=5_00))
    assert told(103_00, *cases, waives=True) == {NAMED: 103_00}
    assert told(105_00, *cases, waives=True) == {NAMED: 105_00}
    more = told(105_01, *cases, waives=True)  # and who pays more, pays invoices
    assert more == {NAMED: 100_00, OLDEST: 5_01}


def test_of_several_that_are_named_none_stays_open_for_charges_on_another():
    cases = (owed(OLDEST, charges=5_00), owed(NAMED, charges=5_00), owed(NEWEST))
    both = f"{OLDEST} {NAMED}"
    assert told(200_00, *cases, named=both, waives=True) == {OLDEST: 100_00, NAMED: 100_00}
    assert told(206_00, *cases, named=both, waives=True) == {OLDEST: 105_00, NAMED: 101_00}


def test_what_is_disputed_on_the_named_comes_before_others_and_before_charges():
    cases = (owed(OLDEST, charges=5_00, due="01-05"), owed(NAMED, charges=5_00, disputed=30_00))
    assert told(105_00, *cases, waives=True) == {NAMED: 105_00}
    assert told(150_00, *cases, waives=True) == {NAMED: 105_00, OLDEST: 45_00}


CASES = st.builds(
    owed,
    st.just(""),
    charges=st.integers(0, 20_00),
    disputed=st.one_of(st.none(), st.integers(0, 110_00)),
    due=st.sampled_from(["01-05", "01-10"]),
)


@given(st.lists(CASES, max_size=5), st.integers(1, 500_00), st.integers(0, 5), st.booleans())
def test_nothing_is_lost_and_no_invoice_waits_for_charges_that_are_waived(
    drawn, amount, count, waives
):
    cases = [
        replace(case, id=a_case(f"R-{index}").id, number=f"R-{index}")
        for index, case in enumerate(drawn)
    ]
    named = tuple(case.invoice_id for case in cases[:count])
    paid = {
        each.invoice_id: each.amount for each in spread(amount, cases, named, NOW, waives=waives)
    }
    takes = sum(
        case.remaining if case.invoice_id in named else undisputed(case, NOW) for case in cases
    )
    assert sum(paid.values()) == min(amount, takes)
    asked_of_named = sum(undisputed(case, NOW) for case in cases if case.invoice_id in named)
    if not waives or amount <= asked_of_named:
        return
    for case in cases:
        if case.invoice_id in named or not paid.get(case.invoice_id, 0) > 100_00:
            continue
        for other in cases:
            itself = min(undisputed(other, NOW), other.remaining - other.charges)
            assert paid.get(other.invoice_id, 0) >= itself
