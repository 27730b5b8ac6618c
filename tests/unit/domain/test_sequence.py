"""A sequence validates itself, and names everything that is wrong with it at once."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.sequence import (
    MAX_OFFSET_DAYS,
    MAX_STEPS,
    InvalidSequenceError,
    Step,
)
from tests.builders import a_sequence, a_step, a_window


def pointers(*steps: Step, **rules: Any) -> list[str]:
    with pytest.raises(InvalidSequenceError) as caught:
        a_sequence(*steps, **rules)
    return [fault.pointer for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("steps", "rules", "expected"),
    [
        ((a_step("a", 1), a_step("a", 2)), {}, ["/steps/1/key"]),
        ((a_step("a", 2), a_step("b", 1)), {}, ["/steps/1/offset_days"]),
        ((a_step("a", MAX_OFFSET_DAYS + 1),), {}, ["/steps/0/offset_days"]),
        ((a_step("a", -MAX_OFFSET_DAYS - 1),), {}, ["/steps/0/offset_days"]),
        ((a_step(min_amount=-1),), {}, ["/steps/0/min_amount"]),
        ((a_step(min_percent=-1),), {}, ["/steps/0/min_percent"]),
        ((a_step(min_percent=101),), {}, ["/steps/0/min_percent"]),
        ((), {"grace_days": -1}, ["/grace_days"]),
        ((), {"grace_days": MAX_OFFSET_DAYS + 1}, ["/grace_days"]),
        ((), {"min_gap_days": -1}, ["/min_gap_days"]),
        ((), {"steps": ()}, ["/steps"]),
        ((), {"window": a_window("17:00", "09:00")}, ["/send_window/to"]),
        ((), {"window": a_window("09:00", "09:00")}, ["/send_window/to"]),
        ((), {"window": a_window(days=())}, ["/send_window/days"]),
        (tuple(a_step(str(n), n) for n in range(MAX_STEPS + 1)), {}, ["/steps"]),
    ],
)
def test_each_fault_is_named(steps, rules, expected):
    assert pointers(*steps, **rules) == expected


def test_all_faults_are_named_at_once():
    found = pointers(
        a_step("a", 5, min_percent=101),
        a_step("a", 1, min_amount=-1),
        grace_days=-1,
        min_gap_days=-1,
        window=a_window("10:00", "08:00", days=()),
    )

    assert found == [
        "/grace_days",
        "/min_gap_days",
        "/send_window/days",
        "/send_window/to",
        "/steps/0/min_percent",
        "/steps/1/key",
        "/steps/1/offset_days",
        "/steps/1/min_amount",
    ]


def test_faults_read_as_one_sentence():
    with pytest.raises(InvalidSequenceError, match="/steps/1/key: 'a' is used twice"):
        a_sequence(a_step("a", 1), a_step("a", 2))


def test_the_limits_themselves_are_allowed():
    steps = [a_step(str(n), n, min_percent=100) for n in range(MAX_STEPS - 1)]
    sequence = a_sequence(*steps, a_step("last", MAX_OFFSET_DAYS), grace_days=0, min_gap_days=0)

    assert sequence.step("last").offset_days == MAX_OFFSET_DAYS


def test_steps_of_one_day_are_allowed():
    assert len(a_sequence(a_step("mail", 3), a_step("sms", 3, "sms")).steps) == 2


def test_a_step_is_found_by_its_key():
    assert a_sequence(a_step("a", 1), a_step("b", 2)).step("b").offset_days == 2
    with pytest.raises(KeyError):
        a_sequence().step("other")


@pytest.mark.parametrize(
    ("grace", "offset", "expected"),
    [(0, 1, 1), (3, 1, 4), (3, 3, 4), (3, 4, 4), (3, 5, 5), (3, 0, 0), (3, -5, -5)],
)
def test_grace_defers_only_what_comes_after_the_due_date(grace, offset, expected):
    step = a_step("a", offset)

    assert a_sequence(step, grace_days=grace).effective_offset(step) == expected
