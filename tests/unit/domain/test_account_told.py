"""Follow-up per account: large ones, who is woken, and how it is explained and previewed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.decisions import Reason, Skip
from chalicelib.domain.explain import explain
from chalicelib.domain.schedule import reschedule, rescheduled
from chalicelib.domain.sequence import Scope
from tests.builders import (
    USD,
    a_case,
    a_file,
    a_pause,
    a_result,
    a_step,
    day,
    rules,
    utc,
)
from tests.unit.domain.accounts import (
    ACCOUNT,
    EARLY,
    OLD,
    ON_FIRST,
    STEPS,
    YOUNG,
    decided,
)
from tests.unit.domain.doing import sweep
from tests.unit.domain.previewing import happens, invoice, told


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("bundle", [True, False])
def test_what_one_message_has_no_room_for_is_told_next_in_turn(bundle, gap):
    sequence = replace(ACCOUNT, bundle=bundle, min_gap_days=gap)
    many = [a_case(f"R-{n}", due="2026-01-05") for n in range(LARGEST_BUNDLE + 15)]
    file, sizes = a_file(OLD, *many[2:]), []
    for at in (12, 15, 18):
        done = sweep(file, rules(sequence), utc(f"2026-01-{at} 10:00"))
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


def test_what_a_case_that_was_told_everything_skipped_is_still_ended_on_its_day():
    """It follows nobody: a milder step whose day comes later is skipped then, not forgotten."""
    last = EARLY | {"call": a_result(Outcome.ACTED, at="2026-01-25 10:00")}
    told_all, lead = replace(YOUNG, due_date=day("2026-01-24"), results=last), OLD
    file = reschedule(a_file(lead, told_all), rules(ACCOUNT), utc("2026-01-26 10:00"))
    assert file.cases[1].due_at == utc("2026-01-30 23:00")
    decisions = decided(lead, told_all, now=utc("2026-01-31 10:00"))
    assert Skip(told_all.id, "first", Reason.SUPERSEDED) in decisions
