"""Quiet days, caps and the rules for calls: example by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from chalicelib.domain.calendar import WEEK, Weekday
from chalicelib.domain.case import Outcome
from chalicelib.domain.contacts import Contact, of_case, of_file, own_part, remembered
from chalicelib.domain.decisions import Act, Reason, Send, Wait
from chalicelib.domain.sequence import CallRules, Do
from tests.builders import (
    a_case,
    a_claim,
    a_customer,
    a_file,
    a_result,
    a_sequence,
    a_step,
    a_window,
    rules,
    utc,
)
from tests.unit.domain.deciding import MONDAY, decided
from tests.unit.domain.doing import sweep

MAIL = a_step("first", 1)
CALL = a_step("call", 1, "call")
CASE = a_case(due="2026-01-18")


def a_contact(at: str, channel: str = "email", **facts: Any) -> Contact:
    return Contact(f"contact {at}", utc(at), channel, **facts)


def told(*contacts: Contact, **facts: Any):
    return a_customer(contacts=contacts, **facts)


def wait_of(sequence, customer, now=MONDAY, case=CASE):
    (decision,) = decided(case, now, sequence=sequence, customer=customer)
    return (decision.reason, decision.until) if isinstance(decision, Wait) else None


@pytest.mark.parametrize("channel", ["email", "sms", "letter", "call"])
@pytest.mark.parametrize("inbound", [False, True])
@pytest.mark.parametrize("step", [MAIL, CALL, a_step("letter", 1, "letter")])
def test_after_any_contact_in_or_out_the_days_are_quiet(channel, inbound, step):
    customer = told(a_contact("2026-01-18 10:00", channel, inbound=inbound))
    quiet = a_sequence(step, quiet_days=3)

    assert wait_of(quiet, customer) == (Reason.QUIET_DAYS, utc("2026-01-20 23:00"))
    assert wait_of(quiet, customer, utc("2026-01-20 23:00")) is None


def test_a_fee_is_no_contact_and_waits_for_none():
    quiet = a_sequence(a_step("fee", 1, "fee"), quiet_days=3, max_contacts={"any": 1})

    assert wait_of(quiet, told(a_contact("2026-01-18 10:00"))) is None


def test_a_minimum_gap_counts_what_was_sent_only():
    gentle = a_sequence(MAIL, min_gap_days=3)

    assert wait_of(gentle, told(a_contact("2026-01-18 10:00", "call"))) is None


def test_a_cap_counts_one_kind_in_seven_local_days():
    capped = a_sequence(MAIL, max_contacts={"email": 2})
    days = [a_contact(f"2026-01-{day} 10:00") for day in (12, 14, 17)]

    assert wait_of(capped, told(*days)) == (Reason.CONTACT_CAP, utc("2026-01-20 23:00"))
    assert wait_of(capped, told(*days), utc("2026-01-20 23:00")) is None
    others = [replace(each, channel="sms", id=f"sms {each.id}") for each in days]
    assert wait_of(capped, told(*others, days[0])) is None


def test_a_cap_for_any_counts_all_that_went_out():
    capped = a_sequence(MAIL, max_contacts={"any": 2})
    contacts = (
        a_contact("2026-01-15 10:00", "call"),
        a_contact("2026-01-16 10:00", "letter"),
        a_contact("2026-01-17 10:00", "sms", inbound=True),
    )

    assert wait_of(capped, told(*contacts)) == (Reason.CONTACT_CAP, utc("2026-01-21 23:00"))


def test_a_message_about_several_invoices_is_one_contact():
    capped = a_sequence(MAIL, a_step("second", 2), max_contacts={"email": 2})
    sent = a_result(at="2026-01-17 10:00", communication="cm_1")
    cases = [a_case(f"R-{n}", due="2026-01-16", results={"first": sent}) for n in range(5)]

    assert len(of_file(a_file(*cases))) == 1
    assert len(sweep(a_file(*cases), rules(capped), MONDAY).sends) == 1


def test_what_is_ready_at_once_goes_one_by_one():
    capped = a_sequence(MAIL, bundle=False, max_contacts={"email": 2})
    cases = [a_case(f"R-{n}", due="2026-01-18") for n in range(4)]

    done = sweep(a_file(*cases), rules(capped), MONDAY)
    assert len(done.sends) == 2
    waits = {each.case_id for each in done.decisions if isinstance(each, Wait)
             and each.reason is Reason.CONTACT_CAP}  # fmt: skip
    assert len(waits) == 2
    assert len(sweep(done.file, rules(capped), utc("2026-01-25 22:59")).sends) == 0
    assert len(sweep(done.file, rules(capped), utc("2026-01-25 23:00")).sends) == 2


@pytest.mark.parametrize(
    "result",
    [
        a_result(Outcome.FAILED, "2026-01-18 10:00", reroute=True),
        a_result(Outcome.SKIPPED, "2026-01-18 10:00"),
        a_result(Outcome.ACTED, "2026-01-18 10:00", reason="no_usable_address"),
    ],
)
def test_what_reached_nobody_is_no_contact(result):
    assert list(of_case(a_case(results={"first": result}))) == []


def test_a_claim_is_a_contact_and_so_is_a_letter_that_was_handed_over():
    letter = a_result(Outcome.ACTED, reason="for_a_person", channel="letter")
    case = a_case(results={"letter": letter}, claim=a_claim())

    assert sorted(each.channel for each in of_case(case)) == ["email", "letter"]


def test_the_record_keeps_the_last_days_and_the_newest():
    old, older = a_contact("2026-01-02 10:00"), a_contact("2026-01-01 10:00")

    assert remembered([older], [old], MONDAY) == (old,)
    new = a_contact("2026-01-18 10:00")
    assert remembered([older, old], [new], MONDAY) == (new,)


def test_seven_calls_in_seven_days_are_enough_about_one_invoice():
    legal = a_sequence(CALL, call_rules=CallRules.US_REGULATION_F)
    own = own_part(CASE.id)
    calls = [a_contact(f"2026-01-19 0{hour}:00", "call", case=own) for hour in range(1, 8)]

    assert wait_of(legal, told(*calls[:6])) is None
    assert wait_of(legal, told(*calls)) == (Reason.CALL_RULES, utc("2026-01-26 07:00"))
    others = [replace(each, case="other") for each in calls]
    assert wait_of(legal, told(*others)) is None
    assert wait_of(legal, told(*(replace(each, case=None) for each in calls))) is not None
    assert wait_of(a_sequence(CALL), told(*calls)) is None


@pytest.mark.parametrize("inbound", [False, True])
def test_after_a_conversation_nobody_calls_for_seven_days(inbound):
    """Its day is the first of the seven."""
    legal = a_sequence(CALL, call_rules=CallRules.US_REGULATION_F)
    spoken = a_contact("2026-01-15 10:00", "call", inbound=inbound, conversation=True)

    assert wait_of(legal, told(spoken)) == (Reason.CALL_RULES, utc("2026-01-22 07:00"))
    assert wait_of(a_sequence(MAIL, call_rules=CallRules.US_REGULATION_F), told(spoken)) is None


@pytest.mark.parametrize(
    ("window", "now", "until"),
    [
        (None, "2026-01-19 06:59", "2026-01-19 07:00"),  # 8:00 in Berlin
        (None, "2026-01-19 20:00", "2026-01-20 07:00"),  # 21:00
        (a_window("06:00", "23:00"), "2026-01-19 20:00", "2026-01-20 07:00"),
        (a_window("10:00", "12:00"), "2026-01-19 08:00", "2026-01-19 09:00"),
    ],
)
def test_calls_keep_to_calling_hours(window, now, until):
    legal = a_sequence(CALL, MAIL, call_rules=CallRules.US_REGULATION_F, window=window)
    acts = [each for each in decided(CASE, utc(now), sequence=legal) if isinstance(each, Act)]
    assert not acts
    later = decided(CASE, utc(until), sequence=legal)
    assert Act(CASE.id, "call", Do.CALL, Reason.FOR_A_PERSON) in later


@pytest.mark.parametrize(
    ("days", "opens", "closes", "now", "until"),
    [
        (WEEK, time(14), time(16), "2026-01-19 10:00", "2026-01-19 13:00"),
        ([Weekday.WED], time(6), time(20), "2026-01-19 10:00", "2026-01-21 08:00"),
        ([Weekday.SAT], time(18), time(20), "2026-01-19 10:00", "2026-01-24 17:00"),
    ],
)
def test_a_customers_own_hours_narrow_the_window_or_take_its_place(days, opens, closes, now, until):
    hours = a_window(str(opens), str(closes), days=days, skip_holidays=False)
    customer = a_customer(contact_hours=hours)
    sequence = a_sequence(MAIL, window=a_window())

    (wait,) = decided(CASE, utc(now), sequence=sequence, customer=customer)
    assert wait.until == utc(until)
    assert isinstance(decided(CASE, utc(until), sequence=sequence, customer=customer)[0], Send)


def test_a_notice_that_a_cap_holds_past_its_due_date_waits_for_its_day_and_is_dropped():
    """Its day moves with `next`, so it may lie behind the due date; it isn't looked at before."""
    early = a_sequence(
        a_step("first", -7), a_step("second", -1), catch_up="next", max_contacts={"any": 2}
    )
    case = a_case(due="2026-01-20", results={"first": a_result(at="2026-01-19 09:00")})
    customer = told(a_contact("2026-01-19 10:00"))

    assert wait_of(early, customer, case=case)[1] == utc("2026-01-24 23:00")


@pytest.mark.parametrize(
    ("opens", "now", "until"),
    [
        (None, "2026-01-19 20:30", "2026-01-19 23:00"),  # midnight in Berlin
        ("06:00", "2026-01-19 21:30", "2026-01-20 05:00"),
        ("09:00", "2026-01-19 21:30", "2026-01-20 08:00"),  # calls and messages begin together
    ],
)
def test_a_message_doesnt_wait_for_the_hours_in_which_calls_are_allowed(opens, now, until):
    window = opens and a_window(opens, "22:00")
    call, mail = a_step("call", 1, "call"), a_step("mail", 2)
    legal = a_sequence(call, mail, call_rules=CallRules.US_REGULATION_F, window=window)

    (wait,) = decided(CASE, utc(now), sequence=legal)
    assert isinstance(wait, Wait)
    assert wait.until == utc(until)
    assert any(isinstance(each, Send) for each in decided(CASE, utc(until), sequence=legal))


def test_a_message_doesnt_wait_for_the_hours_of_a_call_that_quiet_days_hold():
    legal = a_sequence(CALL, a_step("mail", 3), call_rules=CallRules.US_REGULATION_F, quiet_days=2)
    customer = told(a_contact("2026-01-19 08:00"))
    assert wait_of(legal, customer)[1] == utc("2026-01-20 23:00")
