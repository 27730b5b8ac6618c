"""Every step of a case is explained: what became of it, or what it waits for, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.domain.decisions import Reason
from chalicelib.domain.explain import explain
from chalicelib.domain.explanation import Next
from chalicelib.domain.sentences import SENTENCES, sentence
from chalicelib.domain.sequence import CatchUp
from tests.builders import (
    a_case,
    a_claim,
    a_customer,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    a_window,
    rules,
    utc,
)
from tests.strategies import situations

STEPS = a_sequence(
    a_step("early", -5), a_step("first", 4), a_step("second", 9), a_step("call", 14, "call"),
    min_gap_days=3,
)  # fmt: skip
NOW = utc("2026-01-20 10:00")
SENT = {"early": a_result(at="2026-01-10 09:00"), "first": a_result(at="2026-01-19 09:00")}


def explained(case, now=NOW, sequence=STEPS, customer=None):
    return explain(a_file(case, customer=customer), case, rules(sequence), now)


def states(explanation):
    return {step.key: (step.state, step.reason, step.at) for step in explanation.steps}


def test_every_reason_has_a_sentence_of_its_own():
    assert set(SENTENCES) == set(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
    for words in SENTENCES.values():
        assert words[0].isupper()
        assert words.endswith(".")


def test_a_reason_of_the_provider_is_quoted():
    assert sentence("bounced") == "The provider's reason was: bounced."
    assert sentence("due") == SENTENCES[Reason.DUE]


def test_what_was_sent_and_what_is_planned():
    explanation = explained(a_case(results=SENT))

    assert states(explanation) == {
        "early": ("sent", "due", utc("2026-01-10 09:00")),
        "first": ("sent", "due", utc("2026-01-19 09:00")),
        "second": ("planned", "not_yet_due", utc("2026-01-23 23:00")),
        "call": ("planned", "not_yet_due", utc("2026-01-28 23:00")),
    }
    assert [step.planned for step in explanation.steps] == [
        date(2026, 1, 10),
        date(2026, 1, 19),
        date(2026, 1, 24),
        date(2026, 1, 29),
    ]
    assert explanation.steps[0].why == "Sent by email on 2026-01-10. Its day has come."
    assert explanation.steps[2].why == "Planned for 2026-01-24. Its day hasn't come yet."
    assert explanation.next == Next(
        utc("2026-01-23 23:00"), "second", Reason.NOT_YET_DUE, "Its day hasn't come yet."
    )


def test_what_goes_out_now_and_what_is_dropped_for_it():
    explanation = explained(a_case(due="2026-01-11"))

    assert states(explanation)["early"] == ("dropped", "past_due_date", None)
    assert states(explanation)["first"] == ("dropped", "superseded", None)
    assert states(explanation)["second"] == ("ready", "caught_up", NOW)
    assert (explanation.next.step, explanation.next.at) == ("second", NOW)


def test_what_waits_says_for_what():
    reminded = a_customer(last_contact_at=utc("2026-01-19 09:00"))
    explanation = explained(a_case(), customer=reminded)

    assert states(explanation)["first"] == ("planned", "min_gap", utc("2026-01-21 23:00"))
    assert explanation.steps[1].why == (
        "Waits until 2026-01-22. The customer was written to a short while ago."
    )
    assert explanation.next.reason is Reason.MIN_GAP


def test_grace_and_window_move_the_plan():
    office = replace(STEPS, grace_days=6, window=a_window())
    explanation = explained(a_case(results={"early": a_result()}), sequence=office)

    assert explanation.steps[1].planned == date(2026, 1, 22)
    assert explanation.steps[1].at == utc("2026-01-22 08:00")


def test_a_pause_holds_only_what_it_covers():
    case = a_case(results=SENT, pauses=(a_pause(until="2026-01-26"),))

    assert states(explained(case))["second"] == ("held", "hold", utc("2026-01-26"))
    assert explained(case).steps[2].why == "Waits until 2026-01-26. The case is on hold."
    assert states(explained(case))["call"][0] == "planned"
    assert explained(case).next.at == utc("2026-01-26")
    assert explained(case).next.step == "second"


def test_after_a_long_pause_comes_what_catching_up_leaves():
    case = a_case(results=SENT, pauses=(a_pause(until="2026-02-10"),))

    assert explained(case).next.step == "call"
    assert explained(case, sequence=replace(STEPS, catch_up=CatchUp.NEXT)).next.step == "second"


def test_a_plan_that_had_to_move_says_why():
    office = replace(STEPS, window=a_window())
    explanation = explained(a_case(results=SENT), sequence=office)

    said = "Planned for 2026-01-26 instead of 2026-01-24, because of the weekend."
    assert explanation.steps[2].why == said
    assert explanation.next.why == said
    eve = a_case(due="2026-03-25", results=SENT)
    assert explained(eve, sequence=office).steps[2].why == (
        "Planned for 2026-04-07 instead of 2026-04-03, because of a public holiday."
    )


def test_a_pause_without_end_holds_everything():
    explanation = explained(a_case(results=SENT, pauses=(a_pause(),)))

    assert states(explanation)["call"] == ("held", "hold", None)
    assert explanation.next == Next(
        None,
        "second",
        Reason.HOLD,
        f"The case is on hold. The reason given: {a_pause().reason}. After that comes second.",
    )


def test_a_message_on_its_way_is_what_comes_next():
    explanation = explained(a_case(claim=a_claim("first", "2026-01-20 09:59")))

    assert explanation.next.reason is Reason.IN_FLIGHT
    assert states(explanation)["first"] == ("planned", "in_flight", utc("2026-01-20 10:59"))


def test_an_unsettled_claim_is_given_up():
    explanation = explained(a_case(claim=a_claim("first", "2026-01-20 08:00")))

    assert states(explanation)["first"] == ("dropped", "unconfirmed", None)
    assert (explanation.next.step, explanation.next.at) == ("second", utc("2026-01-23 23:00"))


@pytest.mark.parametrize("reason", ["paid", "void", "written_off"])
def test_a_closed_case_drops_what_was_to_come(reason):
    case = a_case(results=SENT, status=CaseStatus.CLOSED, closed_reason=reason, remaining=0)
    explanation = explain(a_file(), case, rules(STEPS), NOW)

    assert states(explanation)["first"][0] == "sent"
    assert states(explanation)["second"] == ("dropped", reason, None)
    assert explanation.next == Next(None, None, Reason(reason), SENTENCES[Reason(reason)])


def test_a_bounced_step_is_tried_on_the_other_channel():
    bounced = a_result(Outcome.FAILED, reason="bounced", reroute=True)
    explanation = explained(a_case(results={"first": bounced}))

    assert states(explanation)["first"] == ("ready", "other_channel", NOW)


def test_a_finished_sequence_has_nothing_next():
    case = a_case(results={step.key: a_result() for step in STEPS.steps})

    assert explained(case).next.reason is Reason.SEQUENCE_FINISHED
    assert explained(case).next.at is None


@given(situations())
def test_every_case_can_be_explained(situation):
    file, sequences, now = situation
    for case in file.cases:
        explanation = explain(file, case, sequences, now)
        assert [step.key for step in explanation.steps] == [
            step.key for step in sequences.of(case).steps
        ]
        assert all(step.why.endswith(".") for step in explanation.steps)
        assert explanation.next.at is None or explanation.next.at >= now
        for step in explanation.steps:
            if step.state == "planned":
                assert step.at is not None
                assert step.at >= now
                assert step.at > now or case.claim


def test_with_next_later_steps_are_planned_from_the_one_that_goes_out_now():
    gentle = replace(STEPS, catch_up=CatchUp.NEXT)
    explanation = explained(
        a_case(due="2025-12-15", results={"early": a_result(at="2025-12-10")}), NOW, gentle
    )

    assert [(step.state, step.at) for step in explanation.steps[1:]] == [
        ("ready", NOW),
        ("planned", utc("2026-01-24 23:00")),
        ("planned", utc("2026-01-29 23:00")),
    ]


def test_a_plan_keeps_the_gap_between_planned_messages():
    wide = replace(STEPS, min_gap_days=7)

    assert states(explained(a_case(), sequence=wide))["second"][2] == utc("2026-01-26 23:00")
