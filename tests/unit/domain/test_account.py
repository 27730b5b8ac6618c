"""Follow-up per account: who leads, who is named along, and what happens when another leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.account import accounts_of
from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.case import Case, CaseStatus, Outcome
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Part, Reason, Send, Skip, Wait
from chalicelib.domain.explain import explain
from chalicelib.domain.schedule import rescheduled
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
from tests.unit.domain.doing import sweep
from tests.unit.domain.previewing import happens, invoice, told

STEPS = (
    a_step("early", -3),
    a_step("first", 7),
    a_step("second", 14),
    a_step("call", 20, "call"),
)
ACCOUNT = a_sequence(*STEPS, scope=Scope.ACCOUNT)
EARLY = {"early": a_result(at="2026-01-02 10:00")}
OLD = a_case("R-1", due="2026-01-05", results=EARLY)
YOUNG = a_case("R-2", due="2026-01-09", results=EARLY)
ON_FIRST = utc("2026-01-12 10:00")
ON_SECOND = utc("2026-01-19 10:00")


def decided(*cases: Case, now=ON_FIRST, sequence=ACCOUNT, customer=None):
    return decide(a_file(*cases, customer=customer), rules(sequence), now)


def parts(decisions):
    """Return which steps of which cases each message is, and why."""
    return [
        [(part.case_id, part.step, part.reason) for part in each.parts]
        for each in decisions
        if isinstance(each, Send)
    ]


def lead_of(*cases: Case, now=ON_FIRST, sequence=ACCOUNT):
    accounts = accounts_of(a_file(*cases), rules(sequence).of, now)
    return {account.lead.number for account in accounts.values()}


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


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("bundle", [True, False])
def test_what_one_message_has_no_room_for_is_told_next_in_turn(bundle, gap):
    sequence = replace(ACCOUNT, bundle=bundle, min_gap_days=gap)
    many = [a_case(f"R-{n}", due="2026-01-05") for n in range(LARGEST_BUNDLE + 15)]
    file, sizes = a_file(OLD, *many[2:]), []
    for day in (12, 15, 18):
        done = sweep(file, rules(sequence), utc(f"2026-01-{day} 10:00"))
        file = done.file
        sizes += [len(send.parts) for send in done.sends]
    assert sizes == [LARGEST_BUNDLE, 14]
    assert all("first" in case.results for case in file.cases)


def test_whoever_closes_the_leading_case_wakes_the_next():
    had = EARLY | {"first": a_result(at="2026-01-12 10:00")}
    now = utc("2026-02-10 10:00")
    long = replace(ACCOUNT, steps=(*STEPS, a_step("last", 90)))
    lead = replace(OLD, results={k: a_result() for k in ("first", "second", "call")})
    waiting = utc("2026-04-04 22:00")
    nexts = [replace(each, results=had, due_at=waiting) for each in (YOUNG, a_case("R-3"))]
    closed = replace(lead, status=CaseStatus.CLOSED, remaining=0)
    [woken] = rescheduled(a_file(*nexts), rules(long), now, [closed])
    assert (woken.id, woken.due_at < utc("2026-02-11")) == (YOUNG.id, True)
    paused = replace(lead, pauses=(a_pause(),), due_at=waiting)
    changed = rescheduled(a_file(paused, *nexts), rules(long), now, [paused])
    assert [(each.number, each.due_at is None) for each in changed] == [
        ("R-1", True),
        ("R-2", False),
    ]


def test_no_other_account_is_woken():
    dollars = replace(YOUNG, currency=USD, due_at=utc("2026-12-01"))
    closed = replace(OLD, status=CaseStatus.CLOSED, remaining=0)
    assert rescheduled(a_file(dollars), rules(ACCOUNT), ON_FIRST, [closed]) == []


def test_explain_names_who_leads_and_when_the_others_are_named():
    explanation = explain(a_file(OLD, YOUNG), YOUNG, rules(ACCOUNT), utc("2026-01-10 10:00"))
    assert (explanation.scope, explanation.leading) == (Scope.ACCOUNT, OLD)
    assert explanation.next.why.endswith("Its account is led by invoice R-1, due 2026-01-05.")
    first = next(each for each in explanation.steps if each.key == "first")
    assert (first.at, first.reason) == (utc("2026-01-11 23:00"), Reason.WITH_LEADING)
    assert first.why.startswith("Planned for 2026-01-12. The account's oldest due invoice")
    of_lead = explain(a_file(OLD, YOUNG), OLD, rules(ACCOUNT), utc("2026-01-10 10:00"))
    assert "This invoice leads its account" in of_lead.next.why


def test_a_preview_runs_by_account():
    entries = told(
        replace(ACCOUNT, steps=STEPS[1:3]),
        [invoice("R-1", OLD.due_date), invoice("R-2", YOUNG.due_date)],
        happens("2026-01-13 12:00", "payment", of="R-1"),
    )
    assert [each for each in entries if each[1] in {"send", "close"}] == [
        ("01-11 23:00", "send", "first", Reason.DUE, ("R-1", "R-2")),
        ("01-13 12:00", "close", None, Reason.PAID, ("R-1",)),
        ("01-22 23:00", "send", "second", Reason.DUE, ("R-2",)),
    ]
