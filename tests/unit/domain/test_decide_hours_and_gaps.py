"""A step that is due waits for the window to open and for the gap after the last contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.decisions import Act, Reason, Send, Wait
from chalicelib.domain.sequence import Do
from tests.builders import (
    a_case,
    a_customer,
    a_file,
    a_result,
    a_sequence,
    a_step,
    a_window,
    rules,
    utc,
)
from tests.unit.domain.deciding import MONDAY, THREE, decided
from tests.unit.domain.doing import sweep


@pytest.mark.parametrize(
    ("now", "until", "reason"),
    [
        ("2026-01-19 07:00", "2026-01-19 08:00", Reason.NOT_YET_DUE),
        ("2026-01-19 17:00", "2026-01-20 08:00", Reason.OUTSIDE_HOURS),
        ("2026-01-24 10:00", "2026-01-26 08:00", Reason.CLOSED_DAY),
        ("2026-04-03 10:00", "2026-04-07 07:00", Reason.PUBLIC_HOLIDAY),
    ],
)
def test_outside_the_window_a_step_waits_and_says_why(now, until, reason):
    office = a_sequence(a_step("first", 4), window=a_window())
    case = a_case(due="2026-01-15")

    wait = Wait(case.id, "first", Do.EMAIL, utc(until), reason)
    assert decided(case, utc(now), sequence=office) == [wait]


def test_a_step_on_a_weekend_is_announced_for_the_next_open_day():
    office = a_sequence(a_step("first", 2), window=a_window())
    case = a_case(due="2026-01-15")

    wait = Wait(case.id, "first", Do.EMAIL, utc("2026-01-19 08:00"), Reason.NOT_YET_DUE)
    assert decided(case, utc("2026-01-15 12:00"), sequence=office) == [wait]


def test_the_minimum_gap_is_counted_in_local_days():
    spaced = replace(THREE, min_gap_days=3)
    contacted = {"first": a_result(at="2026-01-18 23:30")}  # 19 January, 00:30 in Berlin
    case = a_case(due="2026-01-15", results=contacted)

    free = utc("2026-01-21 23:00")
    assert decided(case, MONDAY.replace(day=20), sequence=spaced) == [
        Wait(case.id, "second", Do.EMAIL, free, Reason.MIN_GAP)
    ]
    assert isinstance(decided(case, free, sequence=spaced)[0], Send)


def test_the_gap_holds_across_invoices_and_closed_cases():
    spaced = replace(THREE, min_gap_days=3)
    reminded = a_customer(last_contact_at=utc("2026-01-18 10:00"))

    decision = decided(a_case(due="2026-01-16"), MONDAY, sequence=spaced, customer=reminded)[0]
    assert (decision.until, decision.reason) == (utc("2026-01-20 23:00"), Reason.MIN_GAP)


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.FAILED, Outcome.ACTED])
def test_what_did_not_reach_the_customer_opens_no_gap(outcome):
    spaced = replace(THREE, min_gap_days=3)
    case = a_case(due="2026-01-15", results={"first": a_result(outcome, "2026-01-19 09:00")})

    assert isinstance(decided(case, MONDAY, sequence=spaced)[0], Send)


def test_a_message_that_bounced_opens_no_gap():
    spaced = replace(THREE, min_gap_days=3)
    came_back = a_result(at="2026-01-19 09:00", reroute=True)
    case = a_case(due="2026-01-16", results={"first": came_back})

    assert isinstance(decided(case, MONDAY, sequence=spaced)[0], Send)


def test_after_hours_of_the_day_that_the_gap_frees_it_is_still_too_late():
    spaced = replace(THREE, min_gap_days=2, window=a_window())
    reminded = a_customer(last_contact_at=utc("2026-01-18 10:00"))
    evening = utc("2026-01-20 18:00")
    case = a_case(due="2026-01-19")

    expected = Wait(case.id, "first", Do.EMAIL, utc("2026-01-21 08:00"), Reason.OUTSIDE_HOURS)
    assert decided(case, evening, sequence=spaced, customer=reminded) == [expected]


def test_a_call_needs_no_gap():
    calling = a_sequence(a_step("call", 1, "call"), min_gap_days=3)
    reminded = a_customer(last_contact_at=utc("2026-01-19 09:00"))
    case = a_case()

    assert decided(case, MONDAY, sequence=calling, customer=reminded) == [
        Act(case.id, "call", Do.CALL, Reason.FOR_A_PERSON)
    ]


def test_email_and_sms_of_one_day_both_go_out():
    both = a_sequence(a_step("mail", 1), a_step("text", 1, "sms"))

    assert sweep(a_file(a_case()), rules(both), MONDAY).notices == [
        ("email", "mail"),
        ("sms", "text"),
    ]


def test_email_and_sms_of_one_day_keep_the_gap():
    both = a_sequence(a_step("mail", 1), a_step("text", 1, "sms"), min_gap_days=2)

    done = sweep(a_file(a_case()), rules(both), MONDAY)
    assert done.notices == [("email", "mail")]
    assert sweep(done.file, rules(both), MONDAY + timedelta(days=2)).notices == [("sms", "text")]
