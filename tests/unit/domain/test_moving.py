"""A case that goes over to another sequence: nobody is told about a step twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import REACHED, Case, Outcome
from chalicelib.domain.choice import Choice, ChosenBy, Covered
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Reason, Send, Skip, Wait
from chalicelib.domain.moving import moved
from chalicelib.domain.sequence import CatchUp, Sequence
from tests.builders import a_case, a_file, a_result, a_sequence, a_step, rules, utc
from tests.strategies import sequences

CHOICE = Choice(ChosenBy.DEFAULT)
OLD = a_sequence(a_step("first", 1), a_step("second", 5), a_step("third", 9))
NEW = a_sequence(
    a_step("hello", 2),
    a_step("second", 4),
    a_step("firm", 6),
    a_step("call", 12, "call"),
    id="seq_2",
)
DUE = "2026-01-15"


def said(case: Case, *steps: str, **outcome: object) -> Case:
    """Return the case with those steps sent on the days of OLD."""
    days = {step.key: timedelta(step.offset_days) for step in OLD.steps}
    results = {
        key: replace(a_result(at=f"{DUE} 10:00"), at=utc(f"{DUE} 10:00") + days[key])
        for key in steps
    }
    return replace(case, results={**case.results, **results})


def after_move(case: Case, sequence: Sequence = NEW) -> Case:
    return moved(case, OLD, sequence, CHOICE)


def decisions(case: Case, at: str, sequence: Sequence = NEW) -> list:
    return decide(a_file(case), rules(sequence), utc(at))


def test_steps_that_lie_before_what_was_done_last_arent_done():
    case = after_move(said(a_case(due=DUE, sequence=("seq_1", 1)), "first", "second"))
    assert case.sequence == ("seq_2", 1)
    assert case.choice == CHOICE
    assert case.covered == Covered(5, utc("2026-01-20 10:00"))
    hello, second, then = decisions(case, "2026-01-20 12:00"), case.results["second"], None
    assert Skip(case.id, "hello", Reason.COVERED) in hello
    assert second.outcome is Outcome.SENT
    [then] = [each for each in hello if isinstance(each, Wait)]
    assert (then.step, then.until) == ("firm", utc("2026-01-20 23:00"))


def test_a_step_of_the_same_key_isnt_done_again_on_another_day():
    late = a_sequence(a_step("first", 20), a_step("last", 30), id="seq_2")
    case = after_move(said(a_case(due=DUE), "first"), late)
    found = decisions(case, "2026-02-10 12:00", late)
    assert [each.step for each in found if isinstance(each, Wait)] == ["last"]


def test_what_was_done_under_the_old_days_doesnt_overtake_gentler_steps_of_the_new_one():
    late = a_sequence(a_step("reminder", 8), a_step("first", 20), id="seq_2")
    case = after_move(said(a_case(due=DUE), "first"), late)
    [send] = decisions(case, "2026-01-23 12:00", late)
    assert isinstance(send, Send)
    assert send.parts[0].step == "reminder"


def test_before_anything_was_done_the_new_sequence_begins_as_if_it_had_been_there():
    case = after_move(a_case(due=DUE))
    assert case.covered is None
    found = decisions(case, "2026-01-22 12:00")
    assert [each.step for each in found if isinstance(each, Skip)] == ["hello", "second"]
    assert [each.parts[0].step for each in found if isinstance(each, Send)] == ["firm"]


def test_next_keeps_its_distance_to_what_was_done_before():
    """Done on day 9 under the old one, so three days lie between it and the call on day 12."""
    following = replace(NEW, catch_up=CatchUp.NEXT)
    first = said(a_case(due=DUE), "first", "second", "third")
    late = {key: replace(each, at=each.at + timedelta(10)) for key, each in first.results.items()}
    case = after_move(replace(first, results=late), following)
    waits = decisions(case, "2026-02-03 12:00", following)
    [call] = [each for each in waits if isinstance(each, Wait)]
    assert (call.step, call.until) == ("call", utc("2026-02-05 23:00"))


def test_back_again_nothing_is_said_that_was_said():
    case = said(a_case(due=DUE, sequence=("seq_1", 1)), "first")
    there = after_move(case)
    firm = replace(there.results["first"], at=utc("2026-01-21 10:00"))
    back = moved(replace(there, results={**there.results, "firm": firm}), NEW, OLD, CHOICE)
    assert back.covered == Covered(6, utc("2026-01-21 10:00"))
    found = decisions(back, "2026-01-24 12:00", OLD)
    assert [each.step for each in found if isinstance(each, Skip)] == ["second"]
    assert [each.parts[0].step for each in found if isinstance(each, Send)] == ["third"]


def test_skips_are_forgotten_where_the_new_sequence_doesnt_know_them():
    skipped = a_result(Outcome.SKIPPED, channel=None, reason="superseded")
    case = replace(a_case(due=DUE), results={"first": skipped, "second": skipped})
    assert after_move(case).results == {"second": skipped}


def test_a_step_that_was_to_take_another_way_ends_as_it_did():
    failed = a_result(Outcome.FAILED, reroute=True, reason="bounced")
    case = replace(a_case(due=DUE), results={"first": failed, "second": failed})
    assert after_move(case).results == {"first": replace(failed, reroute=False), "second": failed}


@pytest.mark.parametrize("outcome", sorted(REACHED))
def test_the_minimum_gap_holds_across_the_move(outcome: Outcome):
    gap = replace(NEW, min_gap_days=3)
    case = said(a_case(due=DUE), "first", "second")
    results = {key: replace(each, outcome=outcome) for key, each in case.results.items()}
    case = after_move(replace(case, results=results), gap)
    [wait] = [each for each in decisions(case, "2026-01-21 12:00", gap) if isinstance(each, Wait)]
    assert (wait.step, wait.reason) == ("firm", Reason.MIN_GAP)


@given(sequences(), sequences(), st.sets(st.integers(0, 4)), st.integers(-12, 60))
def test_whatever_the_sequences_nothing_before_what_was_done_is_done_again(
    old: Sequence, new: Sequence, done: set[int], day: int
):
    new = replace(new, id="seq_2")
    at = utc("2026-01-01 10:00")
    results = {
        step.key: replace(a_result(), at=at + timedelta(hours=index))
        for index, step in enumerate(old.steps)
        if index in done
    }
    case = moved(replace(a_case(due=DUE), results=results), old, new, CHOICE)
    furthest = max((old.step(key).offset_days for key in results), default=-999)
    now = utc(f"{DUE} 10:00") + timedelta(days=day)
    for decision in decide(a_file(case), rules(new), now):
        match decision:
            case Send(parts=parts):
                steps = [part.step for part in parts]
            case Act(step=step):
                steps = [step]
            case _:
                steps = []
        for step in steps:
            assert step not in results
            assert new.step(step).offset_days > furthest


def test_time_to_pay_that_was_given_before_the_move_is_waited_for():
    case = said(a_case(due=DUE), "first")
    given = replace(case.results["first"], pay_by=date(2026, 1, 28))
    case = after_move(replace(case, results={"first": given}))
    [wait] = [each for each in decisions(case, "2026-01-22 12:00") if isinstance(each, Wait)]
    assert (wait.step, wait.reason) == ("firm", Reason.PAYMENT_DEADLINE)
