"""What is explained comes true when time passes and nobody pays, pauses or changes anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import Outcome
from chalicelib.domain.decisions import Act, Ask, Close, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.explain import explain
from chalicelib.domain.schedule import reschedule
from tests.strategies import situations
from tests.unit.domain.doing import sweep

BOTH_HOLD = {Reason.SUPERSEDED, Reason.PAST_DUE_DATE}
"""A step before the due date that waits too long: which of the two is said depends on the day on
which the file is looked at, and other cases' steps have it looked at too."""


@given(situations(), st.none() | st.integers(0, 20))
def test_what_is_explained_comes_true(situation, reopened_before):
    file, rules, now = situation
    file = replace(file, cases=tuple(possible(case, now) for case in file.cases))
    if reopened_before is not None:
        reopened = replace(file.cases[0], reopened_at=now - timedelta(days=reopened_before))
        file = replace(file, cases=(reopened, *file.cases[1:]))
    done, dropped = lived(file, rules, now)
    for case in file.cases:
        explanation = explain(file, case, rules, now)
        for step in explanation.steps:
            result = case.results.get(step.key)
            if result is None or result.reroute:
                fate = (case.id, step.key)
                assert_true(step, done.get(fate), dropped.get(fate), case, now)
        first = next((key for key in done if key[0] == case.id), None)
        assert_next(explanation, first, done.get(first), case, now)


def possible(case, now):
    """Return the case without what can't be: results of tomorrow, claims on steps that ended."""
    results = {
        key: replace(result, outcome=Outcome.FAILED) if result.reroute else result
        for key, result in case.results.items()
        if result.at <= now
    }
    claim = case.claim if case.claim and case.claim.at <= now else None
    if claim and claim.step in results and not results[claim.step].reroute:
        claim = None
    return replace(case, results=results, claim=claim)


def assert_true(step, done, dropped, case, now):
    """Assert that a step came to the end that was foretold."""
    if step.reason == Reason.IN_FLIGHT and case.claim.step == step.key:
        assert dropped == (step.at, Reason.UNCONFIRMED)
    elif step.state in {"ready", "planned"} or (step.state == "held" and step.at):
        assert done is not None
        assert done[0] == step.at
        assert (step.state == "ready") is (step.at == now)
        assert step.state != "ready" or step.reason == done[1]
        assert dropped is None or done[1] is Reason.AWAITS_APPROVAL
    else:
        assert (step.at, done) == (None, None)
        if step.state == "held":
            assert any(pause.until is None for pause in case.pauses)
        elif case.remaining:
            assert {step.reason, dropped[1]} <= BOTH_HOLD or step.reason == dropped[1]


def assert_next(explanation, first, done, case, now):
    """Assert that what was foretold as next was what came next."""
    following = explanation.next
    if following.reason == Reason.IN_FLIGHT:
        assert following.step == case.claim.step
    elif case.remaining and (pause := case.pause_at(now)):
        assert following.at == pause.until
        assert pause.until is None or following.step == (first[1] if first else None)
    elif first:
        (foretold,) = (step for step in explanation.steps if step.key == following.step)
        assert (following.at, foretold.at, foretold.reason) == (done[0], done[0], following.reason)
    else:
        assert following.step is None
        assert following.reason in {Reason.SEQUENCE_FINISHED, Reason.PAID}


def lived(file, rules, now):
    """Let time pass by what is scheduled, and return when and why each step was done or dropped."""
    done, dropped = {}, {}
    while now:
        swept = sweep(file, rules, now)
        for decision in swept.decisions:
            match decision:
                case Send(parts=parts):
                    done |= {(part.case_id, part.step): (now, part.reason) for part in parts}
                case Act(step=step, cases=cases):
                    done |= {(each, step): (now, decision.result_of(each)) for each in cases}
                case Ask(case_id=case_id, step=step):
                    done.setdefault((case_id, step), (now, Reason.AWAITS_APPROVAL))
                case Skip(case_id=case_id, step=step, reason=reason):
                    dropped[case_id, step] = (now, reason)
                case Wait() | Paused() | Close():
                    pass
        file = reschedule(swept.file, rules, now, settling=timedelta(0))
        now = min(
            (each.due_at for each in file.cases if each.due_at and each.due_at > now), default=None
        )
    return done, dropped
