"""While nobody knows for certain what was paid, nothing goes out, and everything else goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.case import Outcome
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Close, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.explain import explain
from chalicelib.domain.sequence import Do
from tests.builders import a_case, a_file, a_pause, a_result, a_sequence, a_step, rules
from tests.unit.domain.deciding import MONDAY, THREE

AGAIN = MONDAY + timedelta(minutes=15)
STALE = replace(rules(THREE), payments_stale_until=AGAIN)


def test_a_message_that_is_due_waits_until_the_next_look():
    [wait] = decide(a_file(a_case(due="2026-01-18")), STALE, MONDAY)
    assert isinstance(wait, Wait)
    assert (wait.step, wait.channel, wait.until) == ("first", Do.EMAIL, AGAIN)
    assert wait.reason is Reason.PAYMENTS_STALE


def test_a_call_waits_too():
    calls = a_sequence(a_step("call", 1, do=Do.CALL))
    file = a_file(a_case(due="2026-01-18"))
    assert isinstance(decide(file, rules(calls), MONDAY)[0], Act)
    [wait] = decide(file, replace(rules(calls), payments_stale_until=AGAIN), MONDAY)
    assert wait == Wait(file.cases[0].id, "call", Do.CALL, AGAIN, Reason.PAYMENTS_STALE)


def test_at_the_next_look_it_goes_out():
    [send] = decide(a_file(a_case(due="2026-01-18")), STALE, AGAIN)
    assert isinstance(send, Send)


def test_what_reaches_nobody_goes_on():
    """Skipping, pausing and closing ask nobody for money."""
    late = a_case("R-1", due="2026-01-10", results={"first": a_result(Outcome.SENT)})
    paused = a_case("R-2", due="2026-01-18", pauses=(a_pause(),))
    paid = a_case("R-3", due="2026-01-18", remaining=0)
    not_due = a_case("R-4", due="2026-02-18")
    found = {
        each.case_id: each for each in decide(a_file(late, paused, paid, not_due), STALE, MONDAY)
    }
    assert found[late.id].reason is Reason.PAYMENTS_STALE
    assert isinstance(found[paused.id], Paused)
    assert isinstance(found[paid.id], Close)
    assert found[not_due.id].reason is Reason.NOT_YET_DUE


def test_a_step_that_a_later_one_takes_the_place_of_is_skipped_all_the_same():
    skip, wait = decide(a_file(a_case(due="2026-01-14")), STALE, MONDAY)
    assert isinstance(skip, Skip)
    assert (skip.step, wait.step, wait.reason) == ("first", "second", Reason.PAYMENTS_STALE)


def test_an_explanation_says_so():
    file = a_file(a_case(due="2026-01-18"))
    told = explain(file, file.cases[0], STALE, MONDAY)
    assert (told.next.step, told.next.at) == ("first", AGAIN)
    assert told.next.reason is Reason.PAYMENTS_STALE
    assert "isn't known for certain" in told.next.why
