"""One field says when: `due_at` follows from what `decide()` says."""

from __future__ import annotations

import sys

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.kinds import queue_of
from chalicelib.domain.schedule import SETTLING, reschedule
from chalicelib.domain.sequence import Do
from tests.builders import (
    a_case,
    a_customer,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    rules,
    utc,
)

NOW = utc("2026-01-20 10:00")
STEPS = a_sequence(a_step("first", 4), a_step("text", 9, "sms"), a_step("call", 14, "call"))
FIRST_SENT = {"first": a_result(at="2026-01-19 09:00")}


def scheduled(case, customer=None):
    found = reschedule(a_file(case, customer=customer), rules(STEPS), NOW).cases[0]
    return found.due_at, found.channel


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (a_case(due="2026-02-01"), (utc("2026-02-04 23:00"), "email")),
        (a_case(results=FIRST_SENT), (utc("2026-01-23 23:00"), "sms")),
        (a_case(), (NOW + SETTLING, "email")),
        (a_case(pauses=(a_pause(until="2026-01-25"),)), (utc("2026-01-25"), "email")),
        (a_case(pauses=(a_pause(),)), (None, None)),
        (a_case(remaining=0), (NOW + SETTLING, "action")),
        (
            a_case(due="2025-12-01", results={"first": a_result(), "text": a_result()}),
            (NOW + SETTLING, "action"),
        ),
        (a_case(results={step.key: a_result() for step in STEPS.steps}), (None, None)),
        (a_case(status=CaseStatus.CLOSED, due_at=NOW, channel="email"), (None, None)),
    ],
)
def test_when_and_by_which_queue_a_case_is_looked_at_next(case, expected):
    assert scheduled(case) == expected


def test_a_step_on_the_other_channel_goes_to_its_queue():
    assert scheduled(a_case(), a_customer(email=None)) == (NOW + SETTLING, "sms")


@pytest.mark.parametrize("do", Do)
def test_every_kind_of_step_has_a_queue(do):
    assert queue_of(do) == (do if do in {Do.EMAIL, Do.SMS, Do.LETTER} else "action")
    assert queue_of(None) == "action"


def test_a_bundle_wakes_up_every_case_in_it():
    file = a_file(a_case("R-1"), a_case("R-2"))

    found = reschedule(file, rules(STEPS), NOW).cases
    assert [case.due_at for case in found] == [NOW + SETTLING] * 2


def test_the_work_grows_with_the_cases_and_not_with_their_square():
    assert lines_run(400) < 2.2 * lines_run(200)


def lines_run(cases: int) -> int:
    """Count the lines of Python that scheduling so many cases runs."""
    counted = 0

    def trace(_frame, _event, _argument):
        nonlocal counted
        counted += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        reschedule(a_file(*(a_case(f"R-{n}") for n in range(cases))), rules(STEPS), NOW)
    finally:
        sys.settrace(before)
    return counted
