"""A step that needs approval: it is asked for when the step would be done, and decides about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.approval import Approval, ApprovalRule, Verdict
from chalicelib.domain.approving import with_question
from chalicelib.domain.case import Case, PauseKind
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Ask, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.explain import explain
from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import Happening, HappeningType, PreviewInvoice
from chalicelib.domain.sequence import CatchUp, InvalidSequenceError, Scope
from tests.builders import (
    a_case,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    a_window,
    berlin,
    day,
    eur,
    rules,
    utc,
)
from tests.unit.domain.deciding import decided

RULE = ApprovalRule("manager", 3, deputy="director", deputy_after_days=2)
STEPS = (a_step("first", 1), a_step("firm", 8, approval=RULE), a_step("last", 30))
SEQUENCE = a_sequence(*STEPS, min_gap_days=0)
ASKED_AT = utc("2026-01-19 09:00")
LAPSES = utc("2026-01-22 23:00")
"""Midnight in Berlin, after the third day."""


def a_due_case(*approvals: Approval, remaining: int = 100_00, **facts: object) -> Case:
    """Return a case whose firm step's day has come, the first having been sent."""
    case = a_case(due="2026-01-11", amount=100_00, remaining=remaining, approvals=approvals)
    return replace(case, results={"first": a_result(at="2026-01-12 10:00")}, **facts)  # type: ignore[arg-type] # any field


def asked(verdict: Verdict = Verdict.AWAITED, amount: int = 100_00) -> Approval:
    return Approval("firm", "task_1", ASKED_AT, amount, verdict)


def test_it_is_asked_for_when_the_step_would_be_done():
    (ask,) = decided(a_due_case(), ASKED_AT, sequence=SEQUENCE)

    assert ask == Ask(a_due_case().id, "firm", "email", 100_00, LAPSES)


def test_nobody_is_asked_while_the_step_has_to_wait_anyway():
    closed = replace(SEQUENCE, window=a_window())
    (wait,) = decided(a_due_case(), utc("2026-01-19 20:00"), sequence=closed)

    assert (wait.reason, wait.until) == (Reason.OUTSIDE_HOURS, utc("2026-01-20 08:00"))


def test_then_it_waits_until_the_last_day_is_over():
    for window in (None, a_window()):
        sequence = replace(SEQUENCE, window=window)
        (wait,) = decided(a_due_case(asked()), utc("2026-01-21 22:00"), sequence=sequence)
        assert wait == Wait(a_due_case().id, "firm", "email", LAPSES, Reason.AWAITS_APPROVAL)


def test_a_step_before_the_due_date_waits_no_longer_than_that():
    early = a_sequence(a_step("firm", -1, approval=RULE), a_step("last", 30))
    case = replace(a_due_case(asked()), due_date=day("2026-01-20"), results={})
    (wait,) = decided(case, ASKED_AT, sequence=early)

    assert (wait.reason, wait.until) == (Reason.AWAITS_APPROVAL, utc("2026-01-20 23:00"))


def test_once_approved_it_is_done():
    (send,) = decided(a_due_case(asked(Verdict.APPROVED)), LAPSES, sequence=SEQUENCE)

    assert [(part.step, part.reason) for part in send.parts] == [("firm", Reason.APPROVED)]


@pytest.mark.parametrize("verdict", [Verdict.AWAITED, Verdict.APPROVED])
def test_more_than_was_asked_about_is_asked_anew(verdict):
    case = a_due_case(asked(verdict, amount=99_99))

    (ask,) = decided(case, utc("2026-01-20 09:00"), sequence=SEQUENCE)
    assert (ask.amount, ask.until) == (100_00, utc("2026-01-23 23:00"))


def test_less_than_was_approved_needs_no_other_approval():
    case = a_due_case(asked(Verdict.APPROVED), remaining=40_00)

    assert isinstance(decided(case, utc("2026-01-20 09:00"), sequence=SEQUENCE)[0], Send)


def test_what_was_refused_is_skipped_and_the_sequence_goes_on():
    skip, wait = decided(a_due_case(asked(Verdict.REFUSED)), ASKED_AT, sequence=SEQUENCE)

    assert skip == Skip(a_due_case().id, "firm", Reason.APPROVAL_REFUSED)
    assert (wait.step, wait.reason) == ("last", Reason.NOT_YET_DUE)


def test_what_nobody_decided_is_skipped_and_the_sequence_goes_on():
    skip, wait = decided(a_due_case(asked()), LAPSES, sequence=SEQUENCE)

    assert skip == Skip(a_due_case().id, "firm", Reason.APPROVAL_LAPSED)
    assert wait.step == "last"


def test_it_lapses_though_the_window_is_closed():
    closed = replace(SEQUENCE, window=a_window())
    skip, _ = decided(a_due_case(asked()), LAPSES, sequence=closed)

    assert skip.reason is Reason.APPROVAL_LAPSED


def test_a_deadline_that_passed_during_a_pause_does_not_count():
    pause = a_pause(PauseKind.PROMISE, since="2026-01-20", until="2026-01-26 09:00")
    case = a_due_case(asked(), pauses=(pause,))

    assert isinstance(decided(case, LAPSES, sequence=SEQUENCE)[0], Paused)
    (ask,) = decided(case, utc("2026-01-26 09:00"), sequence=SEQUENCE)
    assert isinstance(ask, Ask)


def test_a_later_step_takes_its_place_before_anybody_decided():
    sequence = a_sequence(*STEPS[:2], a_step("last", 10), min_gap_days=0)
    (wait,) = decided(a_due_case(asked()), utc("2026-01-20 09:00"), sequence=sequence)
    assert (wait.step, wait.until) == ("last", utc("2026-01-20 23:00"))

    skip, send = decided(a_due_case(asked()), wait.until, sequence=sequence)
    assert (skip.step, skip.reason) == ("firm", Reason.SUPERSEDED)
    assert send.parts[0].step == "last"


def test_with_next_the_later_step_waits_for_it():
    sequence = a_sequence(*STEPS[:2], a_step("last", 10), min_gap_days=0, catch_up=CatchUp.NEXT)
    (wait,) = decided(a_due_case(asked()), utc("2026-01-21 12:00"), sequence=sequence)

    assert (wait.step, wait.reason) == ("firm", Reason.AWAITS_APPROVAL)


def test_a_task_for_a_person_needs_it_as_well():
    steps = a_sequence(a_step("firm", 1, "call", approval=RULE))
    case = a_case(due="2026-01-11")

    assert isinstance(decided(case, ASKED_AT, sequence=steps)[0], Ask)
    (act,) = decided(replace(case, approvals=(asked(Verdict.APPROVED),)), ASKED_AT, sequence=steps)
    assert (type(act), act.reason) == (Act, Reason.FOR_A_PERSON)


def test_an_account_is_asked_about_once_and_at_all_that_is_due():
    sequence = a_sequence(a_step("firm", 1, approval=RULE), scope=Scope.ACCOUNT)
    old, young = a_case("R-1", due="2026-01-11"), a_case("R-2", due="2026-01-15")
    ask, wait = decide(a_file(old, young), rules(sequence), ASKED_AT)
    assert (ask.case_id, ask.amount) == (old.id, old.remaining + young.remaining)
    assert (wait.case_id, wait.reason) == (young.id, Reason.FOLLOWS_LEADING)

    lead = with_question(old, ask, "task_1", ASKED_AT)
    lead = replace(lead, approvals=(replace(lead.approvals[0], verdict=Verdict.APPROVED),))
    (send,) = decide(a_file(lead, young), rules(sequence), ASKED_AT)
    assert {part.case_id for part in send.parts} == {old.id, young.id}


@pytest.mark.parametrize(
    ("verdict", "now", "reason"),
    [
        (Verdict.REFUSED, ASKED_AT, Reason.APPROVAL_REFUSED),
        (Verdict.AWAITED, LAPSES, Reason.APPROVAL_LAPSED),
    ],
)
def test_an_account_is_not_asked_again_about_what_would_have_been_named_along(verdict, now, reason):
    sequence = a_sequence(a_step("firm", 8, approval=RULE), scope=Scope.ACCOUNT)
    lead, young = a_case("R-1", due="2026-01-11"), a_case("R-2", due="2026-01-15")
    coming = a_case("R-3", due="2026-01-30")
    lead = replace(lead, approvals=(asked(verdict, 300_00),))
    told = decide(a_file(lead, young, coming), rules(sequence), now)
    assert [each for each in told if isinstance(each, Skip)] == [
        Skip(lead.id, "firm", reason),
        Skip(young.id, "firm", reason),
    ]
    assert {each.case_id for each in told if isinstance(each, Wait)} == {
        lead.id,
        young.id,
        coming.id,
    }


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (ApprovalRule("", 3), "role"),
        (ApprovalRule("manager", 91), "deadline_days"),
        (ApprovalRule("manager", 3, "manager"), "deputy"),
        (ApprovalRule("manager", 3, deputy_after_days=1), "deputy_after_days"),
        (ApprovalRule("manager", 3, "director", 4), "deputy_after_days"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(rule, field):
    with pytest.raises(InvalidSequenceError) as refused:
        a_sequence(a_step("firm", 1, approval=rule))

    assert [fault.pointer for fault in refused.value.faults] == [f"/steps/0/approval/{field}"]


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (None, ("01-22 23:00", "skip", "firm", Reason.APPROVAL_LAPSED)),
        ("approval", ("01-20 09:00", "send", "firm", Reason.APPROVED)),
        ("refusal", ("01-20 09:00", "skip", "firm", Reason.APPROVAL_REFUSED)),
    ],
)
def test_a_preview_tells_of_the_wait_and_of_what_comes_of_it(happens, told):
    invoice = PreviewInvoice("R-1", eur(100_00), day("2026-01-01"), day("2026-01-11"))
    at = utc("2026-01-20 09:00")
    happenings = [Happening(at, HappeningType(happens), "R-1")] if happens else []
    entries = preview(
        SEQUENCE, berlin(), [invoice], happenings, start=utc("2026-01-12"), until=utc("2026-02-20")
    )

    found = [(f"{e.at:%m-%d %H:%M}", e.outcome, e.step, e.reason) for e in entries]
    assert found == [
        ("01-12 00:00", "send", "first", Reason.DUE),
        ("01-18 23:00", "wait", "firm", Reason.AWAITS_APPROVAL),
        told,
        ("02-09 23:00", "send", "last", Reason.DUE),
    ]
    assert entries[1].until == utc("2026-01-22 23:00")


def test_it_is_explained_before_and_while_it_waits():
    fresh = explain(a_file(a_due_case()), a_due_case(), rules(SEQUENCE), utc("2026-01-15 09:00"))
    firm = fresh.steps[1]
    assert (firm.state, firm.at) == ("planned", utc("2026-01-18 23:00"))
    assert firm.why.endswith("Then manager is asked to approve it within 3 days, or it is skipped.")

    case = a_due_case(asked())
    waiting = explain(a_file(case), case, rules(SEQUENCE), utc("2026-01-20 09:00"))
    assert waiting.next.why == (
        "Waits for approval by manager until 2026-01-22."
        " From 2026-01-21 on director may decide as well."
    )
    assert (waiting.next.step, waiting.next.at) == ("firm", LAPSES)
    assert (waiting.steps[1].state, waiting.steps[1].reason) == ("held", Reason.AWAITS_APPROVAL)
