"""Instalments: equal ones come to exactly the sum, on days that follow each other."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chasing import as_asked, is_fit, sequence_of, step_named, without_old
from chalicelib.domain.default_sequence import DEFAULT, INSTALMENTS
from chalicelib.domain.errors import InvalidError
from chalicelib.domain.instalment import InstalmentDue
from chalicelib.domain.instalments import EqualInstalments, Interval, check_days, equal
from chalicelib.domain.payment_plan import MOST_INSTALMENTS, Instalment
from tests.builders import EUR, a_case, day

FIRST = date(2028, 1, 31)
DUE = InstalmentDue("0123456789ABCDEF-2", day("2026-03-01"), 40_00, ("seq_instalments", 1))


@given(st.integers(1, 10**9), st.integers(1, MOST_INSTALMENTS), st.sampled_from(Interval))
def test_so_many_lose_nothing_and_differ_by_a_cent(total: int, count: int, every: Interval):
    wanted = EqualInstalments(FIRST, every, count=count)
    if total < count:
        with pytest.raises(ValueError, match="can't be divided"):
            equal(total, EUR, wanted)
        return
    found = equal(total, EUR, wanted)
    amounts = [each.amount for each in found]
    assert (sum(amounts), len(amounts)) == (total, count)
    assert max(amounts) - min(amounts) <= 1
    assert all(one.day < next_.day for one, next_ in pairwise(found))


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_of_so_much_each_the_last_is_the_rest(total: int, amount: int):
    wanted = EqualInstalments(FIRST, Interval.WEEK, amount=amount)
    if -(-total // amount) > MOST_INSTALMENTS:
        with pytest.raises(ValueError, match="can't be divided"):
            equal(total, EUR, wanted)
        return
    *full, last = [each.amount for each in equal(total, EUR, wanted)]
    assert sum(full) + last == total
    assert set(full) <= {amount}
    assert 0 < last <= amount


def test_a_month_that_lacks_the_day_has_its_last_and_the_next_has_it_again():
    found = equal(5_00, EUR, EqualInstalments(FIRST, Interval.MONTH, count=5))
    assert [f"{each.day:%m-%d}" for each in found] == [
        "01-31",
        "02-29",
        "03-31",
        "04-30",
        "05-31",
    ]


@pytest.mark.parametrize(
    "days", [["2026-01-01"], ["2026-02-01", "2026-02-01"], ["2026-02-02", "2026-02-01"]]
)
def test_days_that_nobody_can_pay_on(days: list[str]):
    with pytest.raises(InvalidError):
        check_days(tuple(Instalment(day(each), 1) for each in days), day("2026-01-02"))


def test_a_case_that_chases_is_seen_as_its_instalment_however_often():
    case = a_case(instalment=DUE)
    seen = as_asked(case)
    assert (seen.due_date, seen.remaining, seen.amount, seen.pauses) == (DUE.day, 40_00, 40_00, ())
    assert as_asked(seen) == seen
    assert as_asked(a_case()) == a_case()


def test_its_steps_are_its_own_and_known_by_name_for_ever():
    sequence = sequence_of(DUE, INSTALMENTS)
    assert [each.key for each in sequence.steps] == [
        f"{DUE.series}/{each}" for each in ("upcoming", "due", "late")
    ]
    assert {each.template for each in sequence.steps} == {"instalment"}
    for key in (DUE.key("due"), f"{DUE.series[:-1]}1/gone"):
        assert step_named(DEFAULT, key).template == "instalment"
    assert step_named(DEFAULT, "reminder_third") == DEFAULT.step("reminder_third")
    with pytest.raises(KeyError):
        step_named(DEFAULT, "gone")


def test_only_messages_chase():
    assert is_fit(INSTALMENTS)
    assert is_fit(DEFAULT)


def test_what_is_no_instalments_result_stays():
    case = a_case(instalment=DUE, results={"due": None, DUE.key("due"): None, "x-1/due": None})
    assert without_old(case, DUE.series).results.keys() == {"due", DUE.key("due")}
    assert without_old(case, None).results.keys() == {"due"}
