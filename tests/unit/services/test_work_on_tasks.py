"""Tasks are claimed, assigned, put off; and a call's result feeds its case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Suppression
from chalicelib.domain.errors import (
    InvalidError,
    NotFoundError,
    TaskDoneError,
    TaskTakenError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import Erasure, ErasureReason
from chalicelib.domain.promise import Promise, PromisedDate
from chalicelib.ports.storage import Cursor
from chalicelib.services.arrange_task import assign_task, claim_task, snooze_task
from chalicelib.services.common import changing
from chalicelib.services.record_call import SAYS_PAID, CallOutcome, CallResult, record_call
from tests.builders import LIVE, TEST, a_sequence, a_step, day, utc
from tests.deeds import OFFICE
from tests.world import World

CALLS = a_sequence(a_step("call", 0, "call"), a_step("letter", 9, "letter"))


class Office(World):
    """A world in which somebody is to be called about R-1."""

    def __init__(self) -> None:
        super().__init__("2026-01-02 08:00", sequence=CALLS)
        self.posted: Invoice = self.post("R-1", due="2026-01-05")
        self.until("2026-01-05 09:00")
        [self.task] = self.open_tasks(self.posted)

    def called(self, result: str, **facts: object) -> Task:
        outcome = CallOutcome(CallResult(result), **facts)  # type: ignore[arg-type] # any field
        return record_call(self.ports, LIVE, OFFICE, self.task.id, outcome)

    def promises(self) -> tuple[Promise, ...]:
        owner = self.posted.customer_id
        return self.ledger.promises_page(LIVE, Cursor(9), customer_id=owner).data

    def told(self, of_type: str) -> list[dict]:
        self.work()
        page = self.ledger.events_page(LIVE, Cursor(50), of_type=of_type)
        return [each.data for each in page.data]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_task_is_claimed_by_one_and_only_one(office: Office):
    claimed = claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause@example.com")
    assert claimed.assignee == "krause@example.com"
    assert claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause@example.com") == claimed
    with pytest.raises(TaskTakenError):
        claim_task(office.ports, LIVE, OFFICE, office.task.id, "meier@example.com")
    assert [each["assignee"] for each in office.told("task.assigned")] == ["krause@example.com"]


def test_it_can_be_given_to_another_and_back_to_all(office: Office):
    claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause")
    assert assign_task(office.ports, LIVE, OFFICE, office.task.id, "meier").assignee == "meier"
    assert assign_task(office.ports, LIVE, OFFICE, office.task.id, None).assignee is None


def test_it_is_put_off_to_a_moment_to_come(office: Office):
    until = utc("2026-01-07 08:00")
    assert snooze_task(office.ports, LIVE, OFFICE, office.task.id, until).snoozed_until == until
    with pytest.raises(InvalidError):
        snooze_task(office.ports, LIVE, OFFICE, office.task.id, office.now())
    assert snooze_task(office.ports, LIVE, OFFICE, office.task.id, None).snoozed_until is None
    assert {each["until"] for each in office.told("task.snoozed")} == {None, until.isoformat()}


def test_who_wasnt_reached_is_called_again_a_day_later(office: Office):
    tried = office.called("no_answer")
    assert (tried.status, tried.attempts) == (TaskStatus.OPEN, 1)
    assert tried.snoozed_until == office.now() + timedelta(days=1)
    again = office.called("no_answer", again_at=utc("2026-01-09 10:00"), note="mailbox")
    assert (again.attempts, again.note) == (2, "mailbox")
    assert again.snoozed_until == utc("2026-01-09 10:00")
    assert {each["attempts"] for each in office.told("task.called")} == {1, 2}
    with pytest.raises(InvalidError):
        office.called("no_answer", again_at=office.now())


def test_a_wrong_number_isnt_used_any_more(office: Office):
    done = office.called("wrong_number")
    assert (done.status, done.outcome) == (TaskStatus.DONE, "wrong_number")
    customer = office.customer(office.posted)
    assert customer.suppressed == {customer.phone: Suppression.INVALID}
    assert customer.usable_phone() is None


def test_a_promise_pauses_the_case_and_is_made_once(office: Office):
    claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause")
    dates = (PromisedDate(day("2026-01-12"), 60_00), PromisedDate(day("2026-01-20"), 40_00))
    done = office.called("promised", dates=dates, note="Waits for a payment.")
    assert (done.status, done.outcome) == (TaskStatus.DONE, "promised")
    [promise] = office.promises()
    assert (promise.dates, promise.taken_by) == (dates, "krause")
    assert [pause.kind for pause in office.case(office.posted).pauses] == [PauseKind.PROMISE]
    assert office.called("promised", dates=dates) == done
    assert len(office.promises()) == 1


def test_who_died_before_the_task_was_done_makes_no_second_promise(office: Office, monkeypatch):
    dates = (PromisedDate(day("2026-01-12"), 60_00),)
    with monkeypatch.context() as dying:
        dying.setattr("chalicelib.services.record_call.complete_task", _dies)
        with pytest.raises(ConnectionError):
            office.called("promised", dates=dates)
    assert office.called("promised", dates=dates).status is TaskStatus.DONE
    assert len(office.promises()) == 1


def _dies(*_: object, **__: object) -> Task:
    raise ConnectionError


def test_what_is_said_to_be_paid_has_some_days_to_come(office: Office):
    office.called("paid", hold_days=5)
    until = office.now() + timedelta(days=5)
    hold = Pause(PauseKind.HOLD, SAYS_PAID, office.now(), until)
    assert office.case(office.posted).pauses == (hold,)


def test_a_longer_hold_isnt_cut_short(office: Office):
    office.hold(office.posted)
    before = office.case(office.posted).pauses
    assert office.called("paid").status is TaskStatus.DONE
    assert office.case(office.posted).pauses == before


def test_another_result_afterwards_is_refused(office: Office):
    office.called("reached")
    with pytest.raises(TaskDoneError):
        office.called("paid")
    with pytest.raises(TaskDoneError):
        claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause")
    assert office.case(office.posted).pauses == ()


def test_only_calls_have_results(office: Office):
    office.until("2026-01-15 09:00")
    [letter] = [each for each in office.open_tasks(office.posted) if each.do == "letter"]
    with pytest.raises(InvalidError):
        record_call(office.ports, LIVE, OFFICE, letter.id, CallOutcome(CallResult.REACHED))


def test_strangers_find_no_task(office: Office):
    with pytest.raises(NotFoundError):
        claim_task(office.ports, TEST, OFFICE, office.task.id, "krause")
    with pytest.raises(NotFoundError):
        record_call(office.ports, TEST, OFFICE, office.task.id, CallOutcome(CallResult.REACHED))


def test_nobody_is_named_on_a_task_of_somebody_erased(office: Office):
    customer = office.ledger.customer(LIVE, office.posted.customer_id)
    erasure = Erasure(office.now(), "api_key:ak_1", ErasureReason.OBJECTION)
    office.ledger.commit([changing(customer, replace(customer, erasure=erasure), OFFICE)])

    assert claim_task(office.ports, LIVE, OFFICE, office.task.id, "krause").assignee is None
    until = utc("2026-01-07 08:00")
    assert snooze_task(office.ports, LIVE, OFFICE, office.task.id, until).snoozed_until == until
