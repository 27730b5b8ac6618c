"""What is done for a case, when, and why: `decide()` example by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import CLAIM_SETTLES_AFTER, CaseStatus, PauseKind
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Close, Part, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.sequence import CatchUp, Do
from tests.builders import (
    a_case,
    a_claim,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    rules,
    utc,
)
from tests.unit.domain.deciding import MONDAY, THREE, decided
from tests.unit.domain.doing import sweep


def test_before_its_day_a_step_waits():
    case = a_case(due="2026-01-15")

    expected = Wait(case.id, "first", Do.EMAIL, utc("2026-01-15 23:00"), Reason.NOT_YET_DUE)
    assert decided(case, utc("2026-01-15 22:59")) == [expected]


def test_on_its_day_a_step_is_sent():
    case = a_case(due="2026-01-15")

    expected = Send(Do.EMAIL, "first", (Part(case.id, "first", Reason.DUE),))
    assert decided(case, utc("2026-01-15 23:00")) == [expected]


def test_the_template_is_the_steps_own_or_its_key():
    named = a_sequence(a_step("first", 1, template="reminder_first"))

    assert decided(a_case(), MONDAY, sequence=named)[0].template == "reminder_first"


def test_nothing_owed_closes_the_case():
    case = a_case(remaining=0)

    assert decided(case, MONDAY) == [Close(case.id, Reason.PAID)]


def test_a_message_on_its_way_is_settled_also_where_the_case_was_closed():
    claim = a_claim("first", "2026-01-19 09:30")
    case = a_case(remaining=0, status=CaseStatus.CLOSED, closed_reason="paid", claim=claim)

    settles = utc("2026-01-19 09:30") + CLAIM_SETTLES_AFTER
    assert decided(case, MONDAY) == [Wait(case.id, "first", Do.EMAIL, settles, Reason.IN_FLIGHT)]
    assert decided(case, settles) == [Skip(case.id, "first", Reason.UNCONFIRMED)]


def test_a_claim_in_flight_keeps_others_from_sending():
    case = a_case(claim=a_claim("first", "2026-01-19 09:30"))

    settles = utc("2026-01-19 09:30") + CLAIM_SETTLES_AFTER
    assert decided(case, MONDAY) == [Wait(case.id, "first", Do.EMAIL, settles, Reason.IN_FLIGHT)]


def test_a_claim_nobody_settles_ends_unconfirmed():
    case = a_case(claim=a_claim("first", "2026-01-19 09:30"))

    later = utc("2026-01-19 09:30") + CLAIM_SETTLES_AFTER
    assert decided(case, later) == [Skip(case.id, "first", Reason.UNCONFIRMED)]


@pytest.mark.parametrize("kind", PauseKind)
def test_a_pause_holds_the_case(kind):
    case = a_case(pauses=(a_pause(kind),))

    assert decided(case, MONDAY) == [Paused(case.id, None, Reason(kind.value))]


def test_of_several_pauses_the_longest_counts():
    short, long = a_pause(until="2026-01-20"), a_pause(PauseKind.PROMISE, until="2026-01-25")

    for pauses in [(short, long), (long, short)]:
        case = a_case(pauses=pauses)
        assert decided(case, MONDAY) == [Paused(case.id, long.until, Reason.PROMISE)]


def test_a_pause_ends_at_its_end():
    case = a_case(due="2026-01-16", pauses=(a_pause(until="2026-01-19 10:00"),))

    assert isinstance(decided(case, MONDAY - timedelta(seconds=1))[0], Paused)
    assert isinstance(decided(case, MONDAY)[0], Send)


def test_of_missed_steps_the_latest_is_sent_and_the_rest_recorded():
    case = a_case(due="2025-12-01")

    assert decided(case, MONDAY) == [
        Skip(case.id, "first", Reason.SUPERSEDED),
        Skip(case.id, "second", Reason.SUPERSEDED),
        Send(Do.EMAIL, "third", (Part(case.id, "third", Reason.CAUGHT_UP),)),
    ]


def test_with_next_missed_steps_keep_their_distance_from_the_one_really_sent():
    gentle = replace(THREE, catch_up=CatchUp.NEXT)
    file = a_file(a_case(due="2025-12-01"))

    done = sweep(file, rules(gentle), MONDAY)
    assert done.notices == [("email", "first")]
    third_day = MONDAY.replace(day=21, hour=22, minute=59)  # 21 January, 23:59 in Berlin
    assert sweep(done.file, rules(gentle), third_day).notices == []
    assert sweep(done.file, rules(gentle), third_day + timedelta(minutes=1)).notices == [
        ("email", "second")
    ]


def test_a_notice_before_the_due_date_is_not_sent_after_it():
    early = a_sequence(a_step("early", -5))
    case = a_case(due="2026-01-15")

    assert decided(case, utc("2026-01-15 22:00"), sequence=early) == [
        Send(Do.EMAIL, "early", (Part(case.id, "early", Reason.CAUGHT_UP),))
    ]
    assert decided(case, utc("2026-01-15 23:00"), sequence=early) == [
        Skip(case.id, "early", Reason.PAST_DUE_DATE),
        Wait(case.id, None, None, None, Reason.SEQUENCE_FINISHED),
    ]


@pytest.mark.parametrize(
    ("minimum", "remaining", "sent"),
    [
        ({"min_amount": 50_00}, 50_00, True),
        ({"min_amount": 50_00}, 49_99, False),
        ({"min_percent": 33}, 33_00, True),
        ({"min_percent": 33}, 32_99, False),
        ({"min_amount": 1, "min_percent": 100}, 99_99, False),
    ],
)
def test_a_step_needs_its_minimum_still_owed(minimum, remaining, sent):
    sequence = a_sequence(a_step("first", 1, **minimum))
    case = a_case(remaining=remaining)

    first = decided(case, MONDAY, sequence=sequence)[0]
    expected = Skip(case.id, "first", Reason.BELOW_MINIMUM)
    assert isinstance(first, Send) if sent else first == expected


@pytest.mark.parametrize("do", sorted(set(Do) - {Do.EMAIL, Do.SMS}))
def test_what_no_machine_does_becomes_a_task(do):
    case = a_case()

    assert decided(case, MONDAY, sequence=a_sequence(a_step("it", 1, do))) == [
        Act(case.id, "it", do, Reason.FOR_A_PERSON)
    ]


def test_after_the_last_step_nothing_is_left():
    case = a_case(results={step.key: a_result() for step in THREE.steps})

    assert decided(case, MONDAY) == [Wait(case.id, None, None, None, Reason.SEQUENCE_FINISHED)]


def test_an_unknown_sequence_is_an_error():
    with pytest.raises(KeyError):
        decide(a_file(a_case(sequence=("seq_other", 1))), rules(THREE), MONDAY)
