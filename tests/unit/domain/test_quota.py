"""What is most urgent goes first when little is left of the day, and the rest waits and says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Reason, Send, Wait
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.explain import explain
from chalicelib.domain.quota import KEPT_BACK, Quota, Quotas, Urgency, urgency
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.sequence import Do
from tests.builders import a_case, a_file, a_sequence, a_step, rules
from tests.unit.domain.deciding import MONDAY

AGAIN = MONDAY + timedelta(minutes=50)
LADDER = a_sequence(
    a_step("notice_due", 0),
    a_step("reminder", 4),
    a_step("notice_final", 34, template="notice_final"),
    bundle=False,
)


def short(left: int, *, channel: Do = Do.EMAIL, sequence=LADDER):
    """Return the rules with so many percent of the day's quota left."""
    return replace(rules(sequence), quotas=Quotas({channel: Quota(1000, left * 10)}, AGAIN))


def case_at(step: int, number: str = "R-1"):
    """Return a case that is so many days overdue today."""
    due = (MONDAY - timedelta(days=step)).date()
    return a_case(number, due=due.isoformat())


def test_final_notices_then_late_steps_then_first_reminders_then_friendly_notices():
    ranks = {step.key: urgency(step, DEFAULT) for step in DEFAULT.steps}
    assert ranks == {
        "notice_upcoming": Urgency.FRIENDLY,
        "notice_due": Urgency.FRIENDLY,
        "reminder_first": Urgency.OVERDUE,
        "reminder_second": Urgency.OVERDUE,
        "reminder_third": Urgency.LATE,
        "notice_final": Urgency.FINAL,
    }


def test_a_sequence_with_one_reminder_has_no_late_one():
    [step] = a_sequence(a_step("only", 10)).steps
    assert urgency(step, a_sequence(step)) is Urgency.OVERDUE


def test_every_urgency_keeps_something_back_and_the_more_urgent_less():
    assert KEPT_BACK.keys() == set(Urgency)
    kept = [KEPT_BACK[each] for each in sorted(Urgency)]
    assert kept == sorted(set(kept), reverse=True)
    assert min(kept) > 0


@pytest.mark.parametrize(("step", "percent"), [(0, 30), (4, 20), (34, 2)])
def test_a_message_waits_once_its_part_is_used(step: int, percent: int):
    file = a_file(case_at(step))
    *_, sends = decide(file, short(percent + 1), MONDAY)
    assert isinstance(sends, Send)
    *_, waits = decide(file, short(percent), MONDAY)
    assert isinstance(waits, Wait)
    assert (waits.reason, waits.until, waits.channel) == (Reason.QUOTA_SHORT, AGAIN, Do.EMAIL)


def test_over_the_quota_nothing_goes():
    *_, waits = decide(a_file(case_at(34)), short(-1), MONDAY)
    assert waits.reason is Reason.QUOTA_SHORT


def test_a_bundle_is_as_urgent_as_its_most_urgent_part():
    sequence = replace(LADDER, bundle=True)
    file = a_file(case_at(0, "R-1"), case_at(34, "R-2"))
    sends = [
        each for each in decide(file, short(5, sequence=sequence), MONDAY) if isinstance(each, Send)
    ]
    assert [len(each.parts) for each in sends] == [2]


def test_each_part_of_a_bundle_that_waits_waits():
    sequence = replace(LADDER, bundle=True)
    file = a_file(case_at(0, "R-1"), case_at(0, "R-2"))
    waits = decide(file, short(5, sequence=sequence), MONDAY)
    assert {(each.case_id, each.reason) for each in waits} == {
        (case.id, Reason.QUOTA_SHORT) for case in file.cases
    }


def test_it_is_looked_at_again_and_goes_when_the_quota_is_back():
    file = a_file(case_at(0))
    [case] = reschedule(file, short(5), MONDAY).cases
    assert (case.due_at, case.channel) == (AGAIN, "email")
    [send] = decide(file, short(5), AGAIN)
    assert isinstance(send, Send)


def test_other_channels_and_calls_go_on():
    sms = a_sequence(a_step("text", 0, do=Do.SMS))
    [send] = decide(a_file(case_at(0)), short(0, sequence=sms), MONDAY)
    assert isinstance(send, Send)
    calls = a_sequence(a_step("call", 1, do=Do.CALL))
    [act] = decide(a_file(case_at(1)), short(0, sequence=calls), MONDAY)
    assert isinstance(act, Act)


def test_an_explanation_says_so():
    file = a_file(case_at(0))
    told = explain(file, file.cases[0], short(5), MONDAY)
    assert (told.next.step, told.next.at, told.next.reason) == (
        "notice_due",
        AGAIN,
        Reason.QUOTA_SHORT,
    )
    assert "more urgent messages go first" in told.next.why
