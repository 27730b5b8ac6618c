"""A task asks for approval, and what is decided there the case follows at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.approval import ApprovalOverError, NotTheApproverError
from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.erasure import nameless, nameless_event
from chalicelib.domain.errors import ConflictError, InvalidError, TaskDoneError
from chalicelib.ports.storage import Cursor
from chalicelib.services.override_sequence import override_for_invoice
from tests.builders import LIVE, a_sequence, a_step
from tests.deeds import OFFICE
from tests.unit.services.approving import Office


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_task_says_what_is_asked_of_whom_and_until_when(office: Office):
    asked = office.task.question
    assert asked is not None
    assert (office.task.do, office.task.step, office.task.reason) == (
        "approve",
        "firm",
        "awaits_approval",
    )
    assert (asked.role, asked.amount, asked.currency) == ("manager", 100_00, "eur")
    assert f"{asked.until:%m-%d %H:%M} {asked.deputy_from:%m-%d %H:%M}" == "01-09 23:00 01-07 23:00"
    assert office.email.sent == []
    [told] = office.told("task.created")
    assert (told.data["role"], told.data["amount"]) == ("manager", 100_00)


def test_what_is_approved_is_sent_at_once(office: Office):
    office.approve(office.task)
    office.until("2026-01-06 09:10")

    assert len(office.email.sent) == 1
    assert office.ends() == {"firm": (Outcome.SENT, "approved")}
    done = office.again()
    assert done.question
    assert (done.status, done.outcome) == (TaskStatus.DONE, "approved")
    assert (done.question.approver, done.question.decided_as) == (
        "krause@office.example",
        "manager",
    )
    [told] = office.told("approval.given")
    assert told.data["approver"] == "krause@office.example"
    assert told.by == "api_key:office"


def test_what_is_refused_is_skipped_and_the_sequence_goes_on(office: Office):
    office.refuse(office.task)
    office.until("2026-01-26 09:00")

    assert office.email.sent == []
    assert office.ends()["firm"] == (Outcome.SKIPPED, "approval_refused")
    assert office.ends()["call"][0] is Outcome.ACTED
    assert office.again().note == "I call them first"
    assert len(office.told("approval.refused")) == 1


def test_what_nobody_decides_lapses(office: Office):
    office.until("2026-01-09 23:10")

    assert office.ends() == {"firm": (Outcome.SKIPPED, "approval_lapsed")}
    assert office.again().outcome == "lapsed"
    assert office.case(office.r1).approvals == office.case(office.r1).open_tasks == ()
    assert len(office.told("approval.lapsed")) == 1


def test_the_deputy_decides_once_the_days_are_over(office: Office):
    with pytest.raises(NotTheApproverError, match="from 2026-01-07 23:00 UTC on for director"):
        office.approve(office.task, "director")
    with pytest.raises(NotTheApproverError):
        office.approve(office.task, "intern")
    office.until("2026-01-08 08:00")
    office.approve(office.task, "director")
    office.until("2026-01-08 08:10")

    assert len(office.email.sent) == 1


def test_the_same_again_changes_nothing_and_the_opposite_is_refused(office: Office):
    done = office.approve(office.task)
    assert office.approve(office.task) == done
    with pytest.raises(TaskDoneError):
        office.refuse(office.task)


def test_an_approval_is_nothing_to_complete_and_a_call_nothing_to_approve(office: Office):
    with pytest.raises(InvalidError):
        office.complete(office.task, "approved")
    office.refuse(office.task)
    office.until("2026-01-26 09:00")
    [call] = office.open_tasks(office.r1)
    with pytest.raises(ConflictError, match="it is: call"):
        office.approve(call)


def test_it_ends_with_the_invoice(office: Office):
    office.pay(office.r1)
    with pytest.raises(ApprovalOverError):
        office.approve(office.task)
    office.until("2026-01-06 10:00")

    assert office.again().outcome == "settled"
    assert office.case(office.r1).approvals == ()


def test_after_the_deadline_it_is_too_late_though_nobody_has_looked_yet(office: Office):
    office.clock.set(office.case(office.r1).due_at)
    with pytest.raises(ApprovalOverError):
        office.approve(office.task)


def test_more_is_asked_about_anew(office: Office):
    office.fee(office.r1, 5_00)
    office.until("2026-01-06 10:00")

    assert office.again().outcome == "asked_again"
    [anew] = office.open_tasks(office.r1)
    assert anew.question
    assert anew.question.amount == 105_00
    with pytest.raises(TaskDoneError):
        office.approve(office.task)
    office.approve(anew)
    office.until("2026-01-06 10:10")
    assert len(office.email.sent) == 1


def test_less_needs_no_other_approval(office: Office):
    office.approve(office.task)
    office.pay(office.r1, 60_00)
    office.until("2026-01-06 10:00")

    assert [each.amounts for each in office.ledger.communications_page(LIVE, Cursor(9)).data] == [
        {"eur": 40_00}
    ]


def test_a_promise_keeps_it_waiting_and_it_is_asked_anew_afterwards(office: Office):
    promise = office.promise(office.r1, dates={"2026-01-20": None}, grace_days=0)
    office.until("2026-01-15 09:00")
    assert office.again().status is TaskStatus.OPEN
    with pytest.raises(ApprovalOverError):
        office.approve(office.task)

    office.call_off(promise)
    office.until("2026-01-15 10:00")
    assert office.again().outcome == "asked_again"
    [anew] = office.open_tasks(office.r1)
    assert anew.question
    assert f"{anew.question.until:%m-%d %H:%M}" == "01-18 23:00"


def test_it_can_be_approved_while_the_case_is_held(office: Office):
    office.hold(office.r1, "2026-01-08 09:00")
    office.approve(office.task)
    office.until("2026-01-08 08:50")
    assert office.email.sent == []
    office.until("2026-01-08 09:10")
    assert len(office.email.sent) == 1


def test_it_ends_as_the_case_goes_over_to_another_sequence(office: Office):
    other = a_sequence(a_step("call", 3, "call"))
    office.ledger.add_sequence(LIVE, replace(other, id="seq_other"))
    override_for_invoice(office.ports, LIVE, OFFICE, office.r1.id, "seq_other")
    assert office.again().outcome == "not_needed"
    with pytest.raises(TaskDoneError):
        office.approve(office.task)
    office.until("2026-01-08 09:10")

    assert [task.do for task in office.open_tasks(office.r1)] == ["call"]


def test_nobody_is_named_once_the_customer_is_erased(office: Office):
    office.approve(office.task)
    task = office.again()
    told = nameless_event(office.told("approval.given")[0])

    assert task.question
    assert nameless(task) == replace(
        task, note=None, assignee=None, question=replace(task.question, approver=None)
    )
    assert "approver" not in told.data
