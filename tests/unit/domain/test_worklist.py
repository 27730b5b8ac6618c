"""In which views of the worklist a task stands, and how high."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.worklist import ANY_CURRENCY, BY_CURRENCY, View, places_of
from tests.builders import a_case, a_customer, a_dispute, a_task, utc

NOW = utc("2026-03-01 12:00")
DAY = timedelta(days=1)


def ranks(*, broken: int = 0, **facts: Any) -> dict[View, int]:
    """Return the ranks of a task about a case with these facts."""
    case = a_case(**facts)
    found = places_of(a_task(case), case, a_customer(broken_promises=broken), NOW)
    return {each.view: each.rank for each in found}


def disputed(*days: int) -> dict[View, int]:
    since, name = NOW - DAY, a_dispute().id
    pauses = tuple(
        Pause(PauseKind.DISPUTE, "damaged", since, NOW + each * DAY, name) for each in days
    )
    return ranks(pauses=pauses)


def test_every_view_goes_by_amounts_or_not():
    assert set(View) == BY_CURRENCY | ANY_CURRENCY
    assert not BY_CURRENCY & ANY_CURRENCY


def test_what_is_done_stands_nowhere():
    case = a_case()
    done = replace(a_task(case), status=TaskStatus.DONE)
    assert places_of(done, case, a_customer(), NOW) == ()


def test_an_overdue_debt_stands_by_its_value_its_amount_and_its_age():
    found = ranks(due=date(2026, 2, 1), remaining=1_000_00)
    assert set(found) == {View.VALUE_AT_RISK, View.LARGEST_OWED, View.LONGEST_OVERDUE}
    assert (found[View.VALUE_AT_RISK], found[View.LARGEST_OWED]) == (16_00, 1_000_00)
    assert found[View.LONGEST_OVERDUE] > ranks(due=date(2026, 2, 2))[View.LONGEST_OVERDUE]


def test_what_is_not_overdue_or_not_owed_has_no_place_among_such():
    assert View.LONGEST_OVERDUE not in ranks(due=date(2026, 3, 1))
    assert ranks(due=date(2026, 2, 1), remaining=0, broken=1) == {View.VALUE_AT_RISK: 0}


def test_who_broke_a_promise_stands_among_those_too():
    found = ranks(due=date(2026, 2, 1), remaining=1_000_00, broken=1)
    assert found[View.BROKEN_PROMISES] == found[View.VALUE_AT_RISK] == 36_00


def test_the_nearest_deadline_of_a_dispute_is_first():
    soon, late = disputed(3, 9), disputed(4)
    assert soon[View.DISPUTES_NEAR_DEADLINE] > late[View.DISPUTES_NEAR_DEADLINE] > 0
    assert View.DISPUTES_NEAR_DEADLINE not in ranks()


def test_lists_by_amounts_are_one_per_currency():
    case = a_case(due=date(2026, 2, 1))
    for each in places_of(a_task(case), case, a_customer(), NOW):
        assert each.currency == ("eur" if each.view in BY_CURRENCY else None)
