"""Follow-up per account: who leads, who is named along, and what happens when another leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.account import accounts_of
from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Part, Reason, Skip, Wait
from chalicelib.domain.sequence import Scope
from tests.builders import (
    USD,
    a_case,
    a_claim,
    a_customer,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    rules,
    utc,
)
from tests.unit.domain.accounts import (
    ACCOUNT,
    EARLY,
    OLD,
    ON_FIRST,
    ON_SECOND,
    YOUNG,
    decided,
    lead_of,
    parts,
)
from tests.unit.domain.doing import sweep


def test_the_oldest_due_invoice_is_the_clock_and_names_the_others():
    assert parts(decided(OLD, YOUNG)) == [
        [(OLD.id, "first", Reason.DUE), (YOUNG.id, "first", Reason.WITH_LEADING)]
    ]


def test_what_isnt_due_yet_is_not_named_and_follows():
    coming = a_case("R-3", due="2026-01-20")
    sends = decided(OLD, coming)
    assert parts(sends) == [[(OLD.id, "first", Reason.DUE)]]
    assert sends[0] == Wait(
        coming.id, "early", "email", utc("2026-01-16 23:00"), Reason.NOT_YET_DUE
    )


def test_notices_before_the_due_date_run_per_invoice():
    coming = a_case("R-3", due="2026-01-15")
    had = EARLY | {"first": a_result(at="2026-01-12 07:00")}
    assert parts(decided(replace(OLD, results=had), coming)) == [[(coming.id, "early", Reason.DUE)]]


def test_between_steps_the_others_wait_for_the_leading_ones_next():
    had = EARLY | {"first": a_result(at="2026-01-12 10:00")}
    lead, follower = replace(OLD, results=had), replace(YOUNG, results=had)
    waits = decided(lead, follower, now=utc("2026-01-13"))
    assert waits == [
        Wait(lead.id, "second", "email", utc("2026-01-18 23:00"), Reason.NOT_YET_DUE),
        Wait(follower.id, None, "email", utc("2026-01-18 23:00"), Reason.FOLLOWS_LEADING),
    ]


def test_each_currency_and_each_sequence_is_an_account_of_its_own():
    dollars = replace(YOUNG, currency=USD)
    other = a_case("R-3", due="2026-01-10", sequence=("seq_2", 1))
    second = replace(ACCOUNT, id="seq_2")
    file = a_file(OLD, dollars, other)
    both = Rules({("seq_1", 1): ACCOUNT, ("seq_2", 1): second})
    leads = {each.lead.number for each in accounts_of(file, both.of, ON_FIRST).values()}
    assert leads == {"R-1", "R-2", "R-3"}


def test_versions_of_a_sequence_are_one_account():
    newer = replace(YOUNG, sequence=("seq_1", 2))
    both = Rules({("seq_1", 1): ACCOUNT, ("seq_1", 2): replace(ACCOUNT, version=2)})
    assert parts(decide(a_file(OLD, newer), both, ON_FIRST)) == [
        [(OLD.id, "first", Reason.DUE), (newer.id, "first", Reason.WITH_LEADING)]
    ]


def test_a_version_without_the_step_is_left_out():
    newer = replace(YOUNG, sequence=("seq_1", 2))
    shorter = replace(ACCOUNT, version=2, steps=ACCOUNT.steps[2:])
    both = Rules({("seq_1", 1): ACCOUNT, ("seq_1", 2): shorter})
    assert parts(decide(a_file(OLD, newer), both, ON_FIRST)) == [[(OLD.id, "first", Reason.DUE)]]


@pytest.mark.parametrize(
    "away",
    [
        {"pauses": (a_pause(),)},
        {"status": CaseStatus.CLOSED, "closed_reason": "paid", "remaining": 0},
        {"remaining": 0},
        {"results": {key: a_result() for key in ("early", "first", "second", "call")}},
    ],
)
def test_the_next_one_leads_where_the_oldest_is_paused_settled_or_told_everything(away):
    assert lead_of(OLD, YOUNG) == {"R-1"}
    assert lead_of(replace(OLD, **away), YOUNG) == {"R-2"}


def test_nobody_leads_before_anything_is_due():
    assert lead_of(OLD, YOUNG, now=utc("2026-01-04 10:00")) == set()


def test_a_leading_invoice_whose_message_is_on_its_way_goes_on_leading():
    claimed = replace(OLD, claim=a_claim("first", "2026-01-12 09:50"))
    waits = decided(claimed, YOUNG)
    assert [each.reason for each in waits] == [Reason.IN_FLIGHT, Reason.FOLLOWS_LEADING]
    assert waits[1].until == waits[0].until


def test_whoever_leads_next_goes_on_from_what_its_customer_was_told():
    told_both = EARLY | {"first": a_result(at="2026-01-12 10:00")}
    younger = a_case("R-3", due="2026-01-15")
    left = [replace(YOUNG, results=told_both), younger]
    assert parts(decided(*left, now=ON_SECOND)) == []
    assert parts(decided(*left, now=utc("2026-01-23 10:00"))) == [
        [(YOUNG.id, "second", Reason.DUE), (younger.id, "second", Reason.WITH_LEADING)]
    ]


def test_nothing_is_told_that_is_milder_than_what_was_told_before():
    firmer = replace(YOUNG, results=EARLY | {"second": a_result(at="2026-01-10 10:00")})
    decisions = decided(OLD, firmer, now=utc("2026-01-16 10:00"))
    assert parts(decisions) == [[(OLD.id, "first", Reason.CAUGHT_UP)]]
    assert Skip(firmer.id, "first", Reason.SUPERSEDED) in decisions


def test_a_leading_invoice_that_comes_back_is_not_told_a_step_that_the_others_had_meanwhile():
    """The next step names it."""
    had = replace(YOUNG, results=EARLY | {"first": a_result(at="2026-01-16 10:00")})
    assert decided(OLD, had, now=utc("2026-01-17 10:00")) == [
        Skip(OLD.id, "first", Reason.ACCOUNT_TOLD),
        Wait(OLD.id, "second", "email", utc("2026-01-18 23:00"), Reason.NOT_YET_DUE),
        Wait(had.id, None, "email", utc("2026-01-18 23:00"), Reason.FOLLOWS_LEADING),
    ]
    assert parts(decided(OLD, had, now=ON_SECOND)) == [
        [(OLD.id, "second", Reason.DUE), (had.id, "second", Reason.WITH_LEADING)]
    ]


def test_it_is_told_the_last_message_in_any_case():
    short = replace(ACCOUNT, steps=ACCOUNT.steps[:2])
    had = replace(YOUNG, results=EARLY | {"first": a_result(at="2026-01-16 10:00")})
    assert parts(decided(OLD, had, now=utc("2026-01-17 10:00"), sequence=short)) == [
        [(OLD.id, "first", Reason.CAUGHT_UP)]
    ]


def test_a_step_that_others_had_before_its_day_is_told():
    had = replace(YOUNG, results=EARLY | {"first": a_result(at="2026-01-10 10:00")})
    assert parts(decided(OLD, had)) == [[(OLD.id, "first", Reason.DUE)]]


def test_a_task_is_made_once_and_counts_for_all():
    had = EARLY | {key: a_result(at="2026-01-19 10:00") for key in ("first", "second")}
    file = a_file(replace(OLD, results=had), replace(YOUNG, results=had))
    done = sweep(file, rules(ACCOUNT), utc("2026-01-25 10:00"))
    (act,) = done.acts
    assert act == Act(OLD.id, "call", "call", Reason.FOR_A_PERSON, named=(YOUNG.id,))
    assert [case.results["call"].reason for case in done.file.cases] == [
        Reason.FOR_A_PERSON,
        Reason.WITH_LEADING,
    ]


def test_minimums_ask_for_the_whole_account():
    small = a_sequence(a_step("first", 7, min_amount=150_00), scope=Scope.ACCOUNT)
    assert decided(OLD, sequence=small)[0] == Skip(OLD.id, "first", Reason.BELOW_MINIMUM)
    assert len(parts(decided(OLD, YOUNG, sequence=small))[0]) == 2
    share = a_sequence(a_step("first", 7, min_percent=50), scope=Scope.ACCOUNT)
    nearly_paid = replace(OLD, remaining=10_00)
    assert decided(nearly_paid, sequence=share)[0].reason is Reason.BELOW_MINIMUM
    assert len(parts(decided(nearly_paid, YOUNG, sequence=share))[0]) == 2


def test_without_bundles_an_account_is_one_message_all_the_same():
    apart = replace(ACCOUNT, bundle=False)
    dollars = [a_case(f"D-{n}", due="2026-01-05", currency=USD) for n in range(2)]
    messages = parts(decided(OLD, YOUNG, *dollars, sequence=apart))
    assert [len(each) for each in messages] == [2, 2]


def test_a_message_that_came_back_takes_the_other_channel_for_all_that_it_named():
    bounced = EARLY | {"first": a_result(Outcome.FAILED, reroute=True, reason="bounced")}
    customer = a_customer(suppressed={"one@customer.example": "bounced"})
    (send,) = decided(
        replace(OLD, results=bounced), replace(YOUNG, results=bounced), customer=customer
    )
    assert send.channel == "sms"
    assert send.parts == (
        Part(OLD.id, "first", Reason.OTHER_CHANNEL),
        Part(YOUNG.id, "first", Reason.OTHER_CHANNEL),
    )
