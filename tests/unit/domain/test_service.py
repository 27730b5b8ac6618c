"""What is wanted of a service follows from the cases; its requests are numbered, and borne."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import Case, CaseStatus, Pause, PauseKind
from chalicelib.domain.restriction import Restriction, ServiceAction
from chalicelib.domain.sequence import InvalidSequenceError
from chalicelib.domain.service import (
    ASKED_EVERY,
    Service,
    ServiceStatus,
    acknowledged,
    asked_anew,
    needs_a_look,
    see_to,
    stands,
    unrestricted,
    wanted,
)
from tests.builders import LIVE, a_case, a_step, customer_id, record_id, utc
from tests.builders.services import a_cutting_sequence, a_service_step

NOW = utc("2026-02-01 08:00")
DISPUTE = Pause(
    PauseKind.DISPUTE, "damaged", NOW - ASKED_EVERY, reference=record_id("dis", "dispute of R-1")
)
HOLD = Pause(PauseKind.HOLD, "asked to wait", NOW - ASKED_EVERY)


def restricting(action: str = "suspend", number: str = "R-1", **facts: object) -> Case:
    restriction = Restriction(ServiceAction(action), 1)
    return replace(a_case(number), **{"restriction": restriction, **facts})


def new() -> Service:
    return unrestricted(LIVE, customer_id(), NOW)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"pauses": (HOLD,)}, True),
        ({"status": CaseStatus.CLOSED, "remaining": 0}, False),
        ({"pauses": (DISPUTE,)}, False),
        ({"pauses": (replace(DISPUTE, amount=60_00),)}, False),
        ({"pauses": (replace(DISPUTE, amount=50_00),)}, True),
        ({"remaining": 49_99}, False),
        ({"remaining": 50_00}, True),
    ],
)
def test_a_restriction_stands_while_enough_is_asked_for(facts: dict[str, object], expected: bool):  # noqa: FBT001 - parametrized
    restriction = Restriction(ServiceAction.SUSPEND, at_least=50_00)
    case = restricting(restriction=restriction, amount=100_00, **{"remaining": 100_00, **facts})
    assert stands(case, NOW) is expected
    assert needs_a_look(case, NOW) is not expected


def test_the_most_severe_that_stands_is_wanted():
    limit, suspend = restricting("limit"), restricting("suspend", "R-2")
    assert wanted([limit, suspend], NOW) is ServiceAction.SUSPEND
    assert wanted([limit, replace(suspend, remaining=0)], NOW) is ServiceAction.LIMIT
    assert wanted([], NOW) is ServiceAction.RESTORE


def test_a_request_is_borne_by_one_case_and_asked_again_until_a_person_is_asked():
    cases = {each.id: each for each in (restricting(), restricting(number="R-2"))}
    service, now = new(), NOW
    for asked in (1, 2, 3, 4):
        seen = see_to(service, cases.values(), now)
        service, cases = seen.service, cases | dict(seen.cases)
        assert (service.number, service.asked, service.status) == (1, asked, "requested")
        looks = [each.restriction.look_at for each in cases.values() if each.restriction]
        assert sorted(looks, key=str) == sorted([now + ASKED_EVERY, None], key=str)
        now += ASKED_EVERY
    seen = see_to(service, cases.values(), now)
    assert seen.service.status is ServiceStatus.UNANSWERED
    assert not any(each.restriction and each.restriction.look_at for each in seen.cases.values())


def test_nothing_is_asked_that_is_asked_already_or_too_soon():
    case = restricting()
    seen = see_to(new(), [case], NOW)
    again = see_to(seen.service, seen.cases.values(), NOW + timedelta(hours=5, minutes=59))
    assert (again.service, again.cases) == (seen.service, {})


def test_the_last_settled_case_bears_the_restoration_until_it_is_acknowledged():
    one, two = (restricting(number=each, status=CaseStatus.CLOSED) for each in ("R-1", "R-2"))
    asked = see_to(new(), [restricting()], NOW).service
    seen = see_to(asked, [one, two], NOW)
    assert (seen.service.action, seen.service.number) == (ServiceAction.RESTORE, 2)
    bearer = seen.cases[seen.service.bearer or ""]
    assert bearer.restriction
    assert bearer.restriction.lifted
    [free] = [each for each in seen.cases.values() if each.id != bearer.id]
    assert not free.is_unfinished
    done = see_to(acknowledged(seen.service, NOW), [bearer], NOW)
    assert not done.cases[bearer.id].is_unfinished


def test_what_is_asked_anew_begins_from_the_first_asking():
    done = acknowledged(replace(see_to(new(), [restricting()], NOW).service, asked=4), NOW)
    anew = asked_anew(done, NOW + ASKED_EVERY)
    assert (anew.status, anew.asked, anew.number) == (ServiceStatus.REQUESTED, 1, 1)
    assert anew.acknowledged_at is None


@pytest.mark.parametrize(
    ("facts", "detail"),
    [
        ({"parameters": {"action": "suspend"}}, "announced_by must name"),
        ({"parameters": {"action": "suspend", "announced_by": "nothing"}}, "message of the"),
        ({"parameters": {"action": "suspend", "announced_by": "cut_off"}}, "message of the"),
        ({"parameters": {"action": "suspend", "announced_by": "before"}}, "message of the"),
        ({"parameters": {"action": "restore", "announced_by": "warning"}}, "no announcement"),
        ({"parameters": {"action": "blow up"}}, "action"),
        ({"parameters": {"announced_by": "warning"}}, "by an action"),
        ({"offset_days": 18}, "14 days before"),
        ({"parameters": {"action": "restore"}, "offset_days": 0}, "after the due date"),
        (
            {"parameters": {"action": "limit", "announced_by": "warning", "notice_days": 0}},
            "at least one",
        ),
    ],
)
def test_what_takes_away_has_to_be_announced_in_time(facts: dict[str, object], detail: str):
    step = replace(a_service_step(), **facts)
    steps = sorted((a_step("before", -3), a_step("warning", 5), step), key=lambda s: s.offset_days)
    with pytest.raises(InvalidSequenceError, match=detail):
        replace(a_cutting_sequence(), steps=tuple(steps))


def test_a_step_without_parameters_is_a_persons():
    step = replace(a_service_step(), parameters={})
    assert a_cutting_sequence(step).step("cut_off").parameters == {}
