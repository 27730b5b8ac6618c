"""What is done for a case, when, and why: `decide()` example by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import decisions as sorted_reasons
from chalicelib.domain.case import CLAIM_SETTLES_AFTER, Outcome, PauseKind
from chalicelib.domain.customer import Suppression
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Close, Part, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.sequence import CatchUp, Do
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
from tests.unit.domain.doing import sweep

MONDAY = utc("2026-01-19 10:00")
THREE = a_sequence(a_step("first", 1), a_step("second", 4), a_step("third", 8))


def decided(case, now, *, sequence=THREE, customer=None):
    return decide(a_file(case, customer=customer), rules(sequence), now)


def test_every_reason_is_sorted_once():
    kinds = [
        sorted_reasons.TO_DO,
        sorted_reasons.TO_WAIT,
        sorted_reasons.TO_SKIP,
        sorted_reasons.TO_PAUSE,
        sorted_reasons.TO_CLOSE,
    ]

    assert frozenset().union(*kinds) == set(Reason)
    assert sum(len(kind) for kind in kinds) == len(Reason)


def test_every_pause_and_ending_is_a_reason():
    assert {Reason(kind.value) for kind in PauseKind} == sorted_reasons.TO_PAUSE


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


def test_nothing_owed_closes_the_case_even_with_a_message_on_its_way():
    case = a_case(remaining=0, claim=a_claim("first"))

    assert decided(case, MONDAY) == [Close(case.id, Reason.PAID)]


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


@pytest.mark.parametrize(
    ("now", "until", "reason"),
    [
        ("2026-01-19 07:00", "2026-01-19 08:00", Reason.NOT_YET_DUE),
        ("2026-01-19 17:00", "2026-01-20 08:00", Reason.OUTSIDE_HOURS),
        ("2026-01-24 10:00", "2026-01-26 08:00", Reason.CLOSED_DAY),
        ("2026-04-03 10:00", "2026-04-07 07:00", Reason.PUBLIC_HOLIDAY),
    ],
)
def test_outside_the_window_a_step_waits_and_says_why(now, until, reason):
    office = a_sequence(a_step("first", 4), window=a_window())
    case = a_case(due="2026-01-15")

    wait = Wait(case.id, "first", Do.EMAIL, utc(until), reason)
    assert decided(case, utc(now), sequence=office) == [wait]


def test_a_step_on_a_weekend_is_announced_for_the_next_open_day():
    office = a_sequence(a_step("first", 2), window=a_window())
    case = a_case(due="2026-01-15")

    wait = Wait(case.id, "first", Do.EMAIL, utc("2026-01-19 08:00"), Reason.NOT_YET_DUE)
    assert decided(case, utc("2026-01-15 12:00"), sequence=office) == [wait]


def test_the_minimum_gap_is_counted_in_local_days():
    spaced = replace(THREE, min_gap_days=3)
    contacted = {"first": a_result(at="2026-01-18 23:30")}  # 19 January, 00:30 in Berlin
    case = a_case(due="2026-01-15", results=contacted)

    free = utc("2026-01-21 23:00")
    assert decided(case, MONDAY.replace(day=20), sequence=spaced) == [
        Wait(case.id, "second", Do.EMAIL, free, Reason.MIN_GAP)
    ]
    assert isinstance(decided(case, free, sequence=spaced)[0], Send)


def test_the_gap_holds_across_invoices_and_closed_cases():
    spaced = replace(THREE, min_gap_days=3)
    reminded = a_customer(last_contact_at=utc("2026-01-18 10:00"))

    decision = decided(a_case(due="2026-01-16"), MONDAY, sequence=spaced, customer=reminded)[0]
    assert (decision.until, decision.reason) == (utc("2026-01-20 23:00"), Reason.MIN_GAP)


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.FAILED, Outcome.ACTED])
def test_what_did_not_reach_the_customer_opens_no_gap(outcome):
    spaced = replace(THREE, min_gap_days=3)
    case = a_case(due="2026-01-15", results={"first": a_result(outcome, "2026-01-19 09:00")})

    assert isinstance(decided(case, MONDAY, sequence=spaced)[0], Send)


def test_a_message_that_bounced_opens_no_gap():
    spaced = replace(THREE, min_gap_days=3)
    came_back = a_result(at="2026-01-19 09:00", reroute=True)
    case = a_case(due="2026-01-16", results={"first": came_back})

    assert isinstance(decided(case, MONDAY, sequence=spaced)[0], Send)


def test_after_hours_of_the_day_that_the_gap_frees_it_is_still_too_late():
    spaced = replace(THREE, min_gap_days=2, window=a_window())
    reminded = a_customer(last_contact_at=utc("2026-01-18 10:00"))
    evening = utc("2026-01-20 18:00")
    case = a_case(due="2026-01-19")

    expected = Wait(case.id, "first", Do.EMAIL, utc("2026-01-21 08:00"), Reason.OUTSIDE_HOURS)
    assert decided(case, evening, sequence=spaced, customer=reminded) == [expected]


def test_a_call_needs_no_gap():
    calling = a_sequence(a_step("call", 1, "call"), min_gap_days=3)
    reminded = a_customer(last_contact_at=utc("2026-01-19 09:00"))
    case = a_case()

    assert decided(case, MONDAY, sequence=calling, customer=reminded) == [
        Act(case.id, "call", Do.CALL, Reason.FOR_A_PERSON)
    ]


@pytest.mark.parametrize("do", sorted(set(Do) - {Do.EMAIL, Do.SMS}))
def test_what_no_machine_does_becomes_a_task(do):
    case = a_case()

    assert decided(case, MONDAY, sequence=a_sequence(a_step("it", 1, do))) == [
        Act(case.id, "it", do, Reason.FOR_A_PERSON)
    ]


def test_without_an_address_the_step_moves_to_the_other_channel():
    case = a_case(due="2026-01-16")

    sms = Send(Do.SMS, "first", (Part(case.id, "first", Reason.OTHER_CHANNEL),))
    assert decided(case, MONDAY, customer=a_customer(email=None)) == [sms]


def test_a_suppressed_address_is_none():
    case = a_case(due="2026-01-16")
    bounced = a_customer(
        email="One@Customer.example", suppressed={"one@customer.example": Suppression.BOUNCED}
    )

    assert decided(case, MONDAY, customer=bounced)[0].channel is Do.SMS


def test_without_any_address_a_person_takes_over():
    case = a_case(due="2026-01-16")

    assert decided(case, MONDAY, customer=a_customer(email=None, phone=None)) == [
        Act(case.id, "first", Do.EMAIL, Reason.NO_USABLE_ADDRESS)
    ]


def test_a_bounced_step_goes_out_on_the_other_channel_without_a_gap():
    spaced = replace(THREE, min_gap_days=3)
    bounced = a_result(Outcome.FAILED, "2026-01-19 09:00", reason="bounced", reroute=True)
    case = a_case(due="2026-01-16", results={"first": bounced})

    decision = decided(case, MONDAY, sequence=spaced)[0]
    assert (decision.channel, decision.parts[0].reason) == (Do.SMS, Reason.OTHER_CHANNEL)


def test_a_step_that_failed_on_both_channels_goes_to_a_person():
    failed = a_result(Outcome.FAILED, channel="sms", reason="refused", reroute=True)
    case = a_case(due="2026-01-16", results={"first": failed})

    assert decided(case, MONDAY) == [Act(case.id, "first", Do.EMAIL, Reason.NO_USABLE_ADDRESS)]


def test_a_complaint_goes_to_a_person():
    complained = a_result(reason="complained", reroute=True)
    case = a_case(due="2026-01-16", results={"first": complained})

    assert decided(case, MONDAY) == [Act(case.id, "first", Do.EMAIL, Reason.FOR_A_PERSON)]


def test_a_bounce_known_late_does_not_send_an_earlier_step_after_a_firmer_one():
    results = {
        "first": a_result(Outcome.FAILED, reason="bounced", reroute=True),
        "second": a_result(at="2026-01-19 09:00"),
    }
    case = a_case(due="2026-01-15", results=results)

    decisions = decided(case, MONDAY)
    assert decisions[0] == Skip(case.id, "first", Reason.SUPERSEDED)
    assert isinstance(decisions[1], Wait)


def test_email_and_sms_of_one_day_both_go_out():
    both = a_sequence(a_step("mail", 1), a_step("text", 1, "sms"))

    assert sweep(a_file(a_case()), rules(both), MONDAY).notices == [
        ("email", "mail"),
        ("sms", "text"),
    ]


def test_email_and_sms_of_one_day_keep_the_gap():
    both = a_sequence(a_step("mail", 1), a_step("text", 1, "sms"), min_gap_days=2)

    done = sweep(a_file(a_case()), rules(both), MONDAY)
    assert done.notices == [("email", "mail")]
    assert sweep(done.file, rules(both), MONDAY + timedelta(days=2)).notices == [("sms", "text")]


def test_after_the_last_step_nothing_is_left():
    case = a_case(results={step.key: a_result() for step in THREE.steps})

    assert decided(case, MONDAY) == [Wait(case.id, None, None, None, Reason.SEQUENCE_FINISHED)]


def test_an_unknown_sequence_is_an_error():
    with pytest.raises(KeyError):
        decide(a_file(a_case(sequence=("seq_other", 1))), rules(THREE), MONDAY)
