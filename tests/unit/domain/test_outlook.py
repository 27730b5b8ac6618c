"""What is explained of the future minds what else will be sent, and that at a bounded cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.calendar import Weekday
from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Reason
from chalicelib.domain.explain import explain
from chalicelib.domain.outlook import MOST_LOOKS, look_ahead
from chalicelib.domain.sentences import MAY_MOVE, SENTENCES
from chalicelib.domain.sequence import CatchUp, Sequence
from tests.builders import (
    a_case,
    a_claim,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    a_window,
    rules,
    utc,
)

NOW = utc("2026-01-14 10:00")
TWO = a_sequence(a_step("first", 1), a_step("second", 3))
TWO_KEYS = ("first", "second")


def explained(case: Case, *others: Case, sequence: Sequence = TWO):
    """Explain a case of a customer who has these others."""
    return explain(a_file(case, *others), case, rules(sequence), NOW)


def told(case: Case, *others: Case, sequence: Sequence = TWO):
    """Return the state of each step, and why."""
    return [(step.state, step.why) for step in explained(case, *others, sequence=sequence).steps]


def test_grace_brings_two_steps_to_one_day_and_only_the_later_is_named():
    lenient = replace(TWO, grace_days=5)
    assert told(a_case(), sequence=lenient) == [
        ("dropped", SENTENCES[Reason.SUPERSEDED]),
        ("planned", "Planned for 2026-01-21. Its day hasn't come yet."),
    ]
    following = explained(a_case(), sequence=lenient).next
    assert (following.step, following.at) == ("second", utc("2026-01-20 23:00"))


def test_of_the_steps_of_a_weekend_the_last_remains():
    saturday_and_sunday = a_sequence(a_step("first", 2), a_step("second", 3), window=a_window())
    assert told(a_case(), sequence=saturday_and_sunday) == [
        ("dropped", SENTENCES[Reason.SUPERSEDED]),
        ("planned", "Planned for 2026-01-19 instead of 2026-01-18, because of the weekend."),
    ]


def test_what_the_weekend_moves_past_the_due_date_is_dropped():
    eve = a_sequence(a_step("eve", -1), a_step("after", 4), window=a_window())
    assert told(a_case(due="2026-01-18"), sequence=eve) == [
        ("dropped", SENTENCES[Reason.PAST_DUE_DATE]),
        ("planned", "Planned for 2026-01-22. Its day hasn't come yet."),
    ]


def test_what_will_be_too_little_is_dropped():
    strict = a_sequence(a_step("first", 1, min_amount=100_01), a_step("call", 3, "call"))
    explanation = explained(a_case(), sequence=strict)
    assert [step.state for step in explanation.steps] == ["dropped", "planned"]
    assert explanation.next.step == "call"
    only = a_sequence(a_step("first", 1, min_amount=100_01))
    assert explained(a_case(), sequence=only).next.reason is Reason.SEQUENCE_FINISHED


def test_a_message_about_another_invoice_puts_this_one_off():
    gentle = replace(TWO, min_gap_days=2)
    other = a_case("R-2", due="2026-01-14")
    alone, beside = told(a_case(), sequence=gentle), told(a_case(), other, sequence=gentle)
    assert alone[0] == ("planned", "Planned for 2026-01-16. Its day hasn't come yet.")
    assert beside[0] == (
        "planned",
        "Planned for 2026-01-17 instead of 2026-01-16, to keep the gap between messages.",
    )
    assert told(a_case(), other) == told(a_case())


def test_what_keeps_its_distance_says_so():
    slow = replace(TWO, catch_up=CatchUp.NEXT)
    late = a_case(due="2026-01-05", results={"first": a_result(at="2026-01-13 09:00")})
    assert told(late, sequence=slow)[1] == (
        "planned",
        "Planned for 2026-01-15 instead of 2026-01-08, to keep the distance from what came before.",
    )


def test_a_closed_case_says_that_a_message_is_still_on_its_way():
    closed = a_case(
        status=CaseStatus.CLOSED,
        closed_reason="void",
        remaining=0,
        claim=a_claim("first", "2026-01-14 09:59"),
    )
    explanation = explained(closed)
    assert [(step.state, step.reason) for step in explanation.steps] == [
        ("planned", Reason.IN_FLIGHT),
        ("dropped", Reason.VOID),
    ]
    assert explanation.next.reason is Reason.IN_FLIGHT


def test_what_comes_up_while_a_message_is_on_its_way_waits_for_it():
    """The gap counts from the evening on which it may have left, not from when that is given up."""
    gentle = a_sequence(a_step("first", 0), a_step("call", 1, "call"), a_step("last", 2))
    claimed = a_case(due="2026-01-14", claim=a_claim("first", "2026-01-14 22:30"))
    file, sequences = a_file(claimed), rules(replace(gentle, min_gap_days=2))
    steps = explain(file, claimed, sequences, utc("2026-01-14 22:40")).steps
    assert [(step.state, step.reason, step.at) for step in steps] == [
        ("planned", Reason.IN_FLIGHT, utc("2026-01-14 23:30")),
        ("planned", Reason.IN_FLIGHT, utc("2026-01-14 23:30")),
        ("planned", Reason.NOT_YET_DUE, utc("2026-01-15 23:00")),
    ]


def test_after_a_pause_the_gap_to_other_messages_still_holds():
    paused = a_case(due="2026-01-12", pauses=(a_pause(until="2026-01-15"),))
    other = a_case("R-2", results={key: a_result(at="2026-01-14 09:00") for key in TWO_KEYS})
    _, second = explained(paused, other, sequence=replace(TWO, min_gap_days=3)).steps
    assert (second.state, second.at) == ("held", utc("2026-01-16 23:00"))


def test_a_pause_that_has_ended_holds_nothing_any_more():
    free = a_case(due="2026-01-13", pauses=(a_pause(until="2026-01-14 09:30"),))
    once = a_sequence(a_step("first", 1), window=a_window(days=[Weekday.MON]))
    assert told(free, sequence=once) == [
        ("planned", f"Waits until 2026-01-19. {SENTENCES[Reason.CLOSED_DAY]}")
    ]


class Counting(Mapping[tuple[str, int], Sequence]):
    """Sequences that count how often they are asked for: whoever looks at a case does."""

    def __init__(self, sequences: Mapping[tuple[str, int], Sequence]) -> None:
        self.sequences, self.looks = sequences, 0

    def __getitem__(self, key: tuple[str, int]) -> Sequence:
        self.looks += 1
        return self.sequences[key]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self.sequences)

    def __len__(self) -> int:
        return len(self.sequences)


def many(count):
    due = a_case().due_date
    return [a_case(f"R-{each}", due=due + timedelta(days=each % 30)) for each in range(count)]


def looks(count, sequence):
    cases = many(count)
    counting = Counting(rules(sequence).sequences)
    look_ahead(a_file(*cases), cases[-1], Rules(counting), NOW)
    return counting.looks


WEEKLY = replace(TWO, min_gap_days=7, bundle=False)
"""One message a week however many wait for it: each looked at every week, that is the square."""


@pytest.mark.parametrize("count", [500, 1_000, 2_000])
def test_the_work_grows_with_the_cases_and_not_with_their_square(count):
    assert looks(count, WEEKLY) < 3 * (MOST_LOOKS + count)


def test_without_a_gap_other_cases_cost_nothing():
    assert looks(1_000, TWO) == looks(1, TWO)


def test_what_was_foreseen_without_the_others_says_so():
    cases = many(600)
    explanation = explained(cases[-1], *cases[:-1], sequence=WEEKLY)
    assert explanation.steps[-1].why.endswith(MAY_MOVE)
    assert explanation.next.why.endswith(MAY_MOVE)
    far = a_case("R-far", due="2027-01-15")
    assert explained(far, *cases, sequence=WEEKLY).next.why.endswith(MAY_MOVE)
    few = explained(cases[-1], *cases[:10], sequence=WEEKLY)
    assert not few.steps[-1].why.endswith(MAY_MOVE)
