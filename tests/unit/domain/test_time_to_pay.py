"""A message can give time to pay: it names a day, and until that is over no later step runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Outcome
from chalicelib.domain.decisions import Act, Reason, Send, Wait
from chalicelib.domain.sequence import CatchUp
from tests.builders import a_case, a_file, a_result, a_sequence, a_step, day, rules, utc
from tests.unit.domain.deciding import MONDAY, decided
from tests.unit.domain.doing import sweep

TIMED = a_sequence(a_step("first", 1, pay_within_days=10), a_step("second", 4))


def test_the_day_is_counted_from_the_one_on_which_the_message_goes():
    (send,) = decided(a_case(due="2026-01-18"), MONDAY, sequence=TIMED)

    assert send.pay_by == day("2026-01-29")


@pytest.mark.parametrize(
    ("country", "on", "bank_day"),
    [
        ("DE", "2026-04-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("US", "2026-04-04", "2026-04-06"),
        ("IL", "2026-01-16", "2026-01-18"),  # a Friday: banks work on Sunday
        (None, "2026-01-17", "2026-01-19"),
        ("DE", "2026-01-19", "2026-01-19"),
    ],
)
def test_it_is_a_working_day_of_the_customers_banks(country, on, bank_day):
    assert LocalCalendar("UTC", country).bank_day(day(on)) == day(bank_day)


def test_until_it_is_over_no_later_step_runs():
    sent = a_result(at="2026-01-19 10:00", pay_by=day("2026-01-29"))
    case = a_case(due="2026-01-18", results={"first": sent})

    (wait,) = decided(case, utc("2026-01-29 22:59"), sequence=TIMED)
    assert (wait.step, wait.reason) == ("second", Reason.PAYMENT_DEADLINE)
    assert wait.until == utc("2026-01-29 23:00")
    assert isinstance(decided(case, wait.until, sequence=TIMED)[0], Send)


@pytest.mark.parametrize(
    "ended",
    [
        {"outcome": Outcome.FAILED, "reroute": True},
        {"outcome": Outcome.SKIPPED},
    ],
)
def test_a_message_that_nobody_has_gives_no_time(ended):
    result = a_result(at="2026-01-19 10:00", pay_by=day("2026-03-01"), **ended)
    case = a_case(due="2026-01-15", results={"first": result})

    decisions = decided(case, utc("2026-01-21 10:00"), sequence=TIMED)
    assert Reason.PAYMENT_DEADLINE not in {getattr(each, "reason", None) for each in decisions}


def test_calls_and_fees_wait_as_well_but_not_those_of_its_own_day():
    steps = (
        a_step("mail", 1, pay_within_days=5),
        a_step("call", 1, "call"),
        a_step("fee", 2, "fee"),
    )
    sequence = a_sequence(*steps, catch_up=CatchUp.NEXT)
    file = a_file(a_case(due="2026-01-18"))

    done = sweep(file, rules(sequence), MONDAY)
    assert sorted(done.notices) == [("call", "call"), ("email", "mail")]
    later = [sweep(done.file, rules(sequence), utc(f"2026-01-{on} 10:00")) for on in (26, 27)]
    assert [each.notices for each in later] == [[], [("fee", "fee")]]


def test_a_message_about_several_names_the_latest_day_and_gives_it_to_all_that_are_due():
    steps = (a_step("early", -20), a_step("first", 1, pay_within_days=3),
             a_step("second", 4, pay_within_days=8))  # fmt: skip
    sequence = a_sequence(*steps)
    late, later = a_case("R-1", due="2026-01-18"), a_case("R-2", due="2026-01-14")
    coming = a_case("R-3", due="2026-02-02")
    file = a_file(late, later, coming)

    done = sweep(file, rules(sequence), MONDAY)
    (send,) = done.sends
    assert (len(send.parts), send.pay_by) == (3, day("2026-01-27"))
    assert [send.time_for(case) for case in file.cases] == [send.pay_by, send.pay_by, None]


def test_where_nothing_is_overdue_it_is_not_before_the_last_is_due():
    sequence = a_sequence(a_step("early", -20), a_step("due", 0, pay_within_days=1))
    today, coming = a_case("R-1", due="2026-01-19"), a_case("R-2", due="2026-02-02")

    (send,) = sweep(a_file(today, coming), rules(sequence), MONDAY).sends
    assert send.pay_by == day("2026-02-02")


@given(
    days=st.integers(1, 30),
    offsets=st.lists(st.integers(0, 40), min_size=2, max_size=5, unique=True).map(sorted),
    catch_up=st.sampled_from(CatchUp),
    start=st.dates(date(2025, 12, 1), date(2026, 6, 1)),
)
def test_whatever_the_steps_the_time_given_is_kept(days, offsets, catch_up, start):
    steps = [a_step(f"s{at}", at, pay_within_days=days * (at % 2)) for at in offsets]
    sequence = a_sequence(*steps, catch_up=catch_up)
    file = a_file(a_case(due=start))
    until: date | None = None
    for after in range(120):
        now = utc(str(start)) + timedelta(days=after, hours=9)
        done = sweep(file, rules(sequence), now)
        file, today = done.file, file.customer.calendar.date_of(now)
        for send in done.sends:
            assert until is None or today > until
            until = send.pay_by or until


def test_a_minimum_holds_for_the_currencies_that_it_names():
    sequence = a_sequence(a_step("first", 1, min_amount=90_00, min_amounts={"usd": 200_00}))
    euros = a_case(due="2026-01-15")
    dollars = replace(euros, currency=replace(euros.currency, code="usd"))

    assert isinstance(decided(euros, MONDAY, sequence=sequence)[0], Send)
    skipped = decided(dollars, MONDAY, sequence=sequence)[0]
    assert skipped.reason is Reason.BELOW_MINIMUM


def test_a_task_is_no_message_to_wait_for():
    case = a_case(due="2026-01-15", results={"first": a_result(Outcome.ACTED, pay_by=None)})

    assert not isinstance(decided(case, MONDAY, sequence=TIMED)[0], Wait | Act)
