"""A part that is disputed is set aside whatever becomes of the rest; all of it pauses the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import Case, Pause, PauseKind
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Paused, Reason, Send, Skip
from chalicelib.domain.dispute import (
    ASKS_AGAIN,
    CREDITS,
    WARNS_BEFORE,
    DisputeOutcome,
    DisputeStatus,
    ended,
    with_pause,
)
from chalicelib.domain.rehearsal import HappeningType
from chalicelib.domain.schedule import reschedule
from chalicelib.storage.mapping import from_record, to_record
from tests.builders import (
    a_case,
    a_customer,
    a_dispute,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    berlin,
    eur,
    rules,
    utc,
)
from tests.unit.domain.previewing import PLAIN, happens, invoice, told

NOW = utc("2026-01-26 12:00")
BERLIN = berlin()
SEQUENCE = a_sequence(a_step("first", 4, min_amount=50_00), a_step("last", 30, min_percent=40))


def disputed(amount: int | None, **facts: object) -> Case:
    return with_pause(a_case(**facts), a_dispute(amount=amount), BERLIN)


def decided(case: Case, at=NOW):
    [*others, last] = decide(a_file(case), rules(SEQUENCE), at)
    return others, last


def test_a_part_is_not_asked_for():
    case = disputed(30_00)

    assert case.asked_at(NOW) == eur(70_00)
    assert isinstance(decided(case)[1], Send)


@pytest.mark.parametrize("part", [50_01, 99_99])
def test_a_step_needs_as_much_as_it_says_of_what_is_asked_for(part: int):
    assert decided(disputed(part))[0] == [Skip(a_case().id, "first", Reason.BELOW_MINIMUM)]
    assert decided(disputed(50_00))[0] == []


def test_a_share_counts_what_is_asked_for_of_the_whole_invoice():
    late = utc("2026-02-16 12:00")

    assert isinstance(decided(disputed(60_00), late)[1], Send)
    assert Skip(a_case().id, "last", Reason.BELOW_MINIMUM) in decided(disputed(60_01), late)[0]


@pytest.mark.parametrize(("part", "remaining"), [(None, 100_00), (30_00, 30_00), (30_00, 1)])
def test_where_nothing_is_left_to_ask_for_the_case_is_paused(part: int | None, remaining: int):
    _, last = decided(disputed(part, remaining=remaining))

    assert last == Paused(a_case().id, utc("2026-02-19 23:00"), Reason.DISPUTE)


def test_after_its_time_all_is_asked_for():
    over = utc("2026-02-19 23:00")

    assert disputed(30_00).asked_at(over - timedelta(seconds=1)) == eur(70_00)
    assert disputed(30_00).asked_at(over) == eur(100_00)


@given(
    st.integers(0, 200_00),
    st.lists(st.tuples(st.none() | st.integers(1, 300_00), st.booleans()), max_size=3),
)
def test_what_is_disputed_is_never_more_than_remains(remaining: int, parts: list):
    pauses = tuple(
        Pause(PauseKind.DISPUTE, "test", NOW, NOW if over else None, amount=part)
        for part, over in parts
    )
    case = a_case(amount=200_00, remaining=remaining, pauses=pauses)
    holding = [part for part, over in parts if not over]
    expected = max(0, remaining - sum(part or 0 for part in holding))

    assert case.asked_at(NOW).amount == expected
    is_paused = bool(holding) and (None in holding or not expected)
    assert (case.pause_at(NOW) is not None) == is_paused


def test_the_case_is_looked_at_for_the_task_and_for_the_end():
    warned = with_pause(a_case(), a_dispute(amount=30_00, warned=True), BERLIN)
    done = {"first": "2026-01-19", "last": "2026-02-15"}
    results = {step: a_result(at=at) for step, at in done.items()}

    def due(case: Case):
        [after] = reschedule(a_file(replace(case, results=results)), rules(SEQUENCE), NOW).cases
        return after.due_at, after.channel

    assert due(disputed(30_00)) == (utc("2026-02-13 23:00"), "action")
    assert due(warned) == (utc("2026-02-19 23:00"), "action")
    assert due(disputed(None)) == (utc("2026-02-13 23:00"), "action")
    assert timedelta(days=5) == WARNS_BEFORE


def test_the_next_step_comes_before_where_it_is_earlier():
    [after] = reschedule(a_file(disputed(30_00)), rules(SEQUENCE), utc("2026-01-16")).cases

    assert (after.due_at, after.channel) == (utc("2026-01-18 23:00"), "email")


def test_a_dispute_that_ended_holds_nothing_and_other_pauses_stay():
    held = a_case(pauses=(a_pause(),))
    dispute = a_dispute()
    case = with_pause(held, dispute, BERLIN)
    closed = ended(dispute, DisputeStatus.EXPIRED, NOW)

    assert with_pause(case, closed, BERLIN) == held
    assert [pause.dispute for pause in case.pauses] == [None, dispute.id]


def test_every_outcome_is_sorted():
    assert set(DisputeOutcome) == CREDITS | ASKS_AGAIN
    assert not CREDITS & ASKS_AGAIN


def test_a_preview_sets_a_part_aside_until_its_day():
    short = a_sequence(a_step("early", -5), a_step("first", 4, min_amount=80_00), a_step("last", 9))
    part = happens("2026-01-12", HappeningType.DISPUTE, amount=30_00, until=date(2026, 1, 22))

    assert told(short, [invoice()], part)[1:] == [
        ("01-18 23:00", "skip", "first", Reason.BELOW_MINIMUM, ("R-1",)),
        ("01-23 23:00", "send", "last", Reason.DUE, ("R-1",)),
    ]


@pytest.mark.parametrize("amount", [None, 100_00])
def test_a_preview_pauses_what_is_disputed_altogether(amount: int | None):
    whole = happens("2026-01-12", HappeningType.DISPUTE, amount=amount, until=date(2026, 1, 22))
    story = told(PLAIN, [invoice()], whole)

    assert story[1] == ("01-12 00:00", "pause", None, Reason.DISPUTE, ("R-1",))
    assert [each[1:3] for each in story[2:]] == [("send", "first"), ("act", "call")]


def test_a_pause_of_before_is_read_as_it_was():
    stored = to_record(a_case(pauses=(a_pause(until="2026-02-01"),)), shards=1)
    raw = stored.serialize()
    raw["pauses"] = {
        "S": '[{"kind":"hold","reason":"test","since":"2026-01-01T00:00:00Z",'
        '"until":"2026-02-01T00:00:00Z","reference":null}]'
    }

    assert from_record(type(stored).from_raw_data(raw)) == from_record(stored)
    assert "amount" not in stored.serialize()["pauses"]["S"]


def test_customers_of_other_places_have_other_midnights():
    apia = replace(a_customer(), timezone="Pacific/Apia").calendar

    assert a_dispute().until(apia) == utc("2026-02-19 11:00")
