"""What always fails is flagged once, for one person, and holds up nobody; what works again is
released by itself."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.communication import STUCK, Task, TaskStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor
from chalicelib.services.complete_task import complete_task
from chalicelib.services.nightly import look_after
from chalicelib.services.stragglers import AFTER as STRAGGLES_AFTER
from chalicelib.services.stragglers import stragglers
from chalicelib.services.stuck import REDRIVEN
from chalicelib.services.sweep import sweep_shard
from chalicelib.services.work_off import TRIES, work_off
from tests.builders import LIVE, utc
from tests.deeds import OFFICE
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody


class Unreadable(InMemoryLedger):
    """Files of these customers raise when they are read, as where a record can't be mapped."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.poisoned: set[str] = set()

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        if customer_id in self.poisoned:
            raise KeyError("currency")
        return super().file(tenant, customer_id)


class Poisoned:
    """A world in which the file of a due case can't be read."""

    def __init__(self) -> None:
        self.ledger = Unreadable(shards=2)
        self.world = World("2026-01-02 08:00", ledger=self.ledger)
        self.invoice = self.world.post("R-1", due="2026-01-15")
        self.coming = self.world.post("R-2", due="2026-01-18")
        self.world.clock.set(utc("2026-01-12 08:00"))
        self.ledger.poisoned.add(self.invoice.customer_id)

    def work(self, tries: int, **marks: str) -> None:
        message = {"tenant": LIVE.key, "customer": self.invoice.customer_id, **marks}
        work_off(self.world.ports, message, "email", tries)

    def fail(self, *tries: int) -> None:
        for each in tries:
            with pytest.raises(KeyError):
                self.work(each)

    def heal(self) -> None:
        self.ledger.poisoned.clear()

    def flags(self) -> list[Task]:
        return flags(self.world)

    def stragglers(self) -> int:
        lost = stragglers(self.world.ports)
        return sum(sweep_shard(self.world.ports, f"wall#{n}", lost).handed_over for n in range(2))


def flags(world: World) -> list[Task]:
    """Return the tasks that flag what is stuck."""
    tasks = world.ledger.tasks_page(LIVE, Cursor(100)).data
    return [task for task in tasks if task.step == STUCK]


@pytest.fixture
def poisoned() -> Poisoned:
    return Poisoned()


def test_a_file_that_nobody_can_read_is_flagged_by_its_error_before_it_is_dead(poisoned: Poisoned):
    poisoned.fail(1, 2, 3)
    assert poisoned.flags() == []
    poisoned.fail(4)
    [task] = poisoned.flags()
    assert (task.case_id, task.status) == (poisoned.invoice.case_id, TaskStatus.OPEN)
    assert (task.do, task.reason) == ("investigate", "KeyError")


def test_it_is_flagged_once_however_often_it_is_handed_out(poisoned: Poisoned):
    for _ in range(3):
        poisoned.fail(*range(1, TRIES + 1))
    [task] = poisoned.flags()
    assert (task.version, task.reason) == (1, "KeyError")


def test_each_due_case_has_a_flag_and_what_is_not_due_has_none(poisoned: Poisoned):
    poisoned.fail(4)
    assert {task.case_id for task in poisoned.flags()} == {poisoned.invoice.case_id}
    poisoned.world.clock.advance(days=1)
    poisoned.fail(4)
    both = {poisoned.invoice.case_id, poisoned.coming.case_id}
    assert {task.case_id for task in poisoned.flags()} == both


def test_tries_that_end_without_a_word_are_flagged_before_the_last_one(poisoned: Poisoned):
    """Whoever dies at it flags nothing; here the last try sees the flag that it made itself."""
    seen: list[Task] = []
    poisoned.heal()
    poisoned.world.email.before_answer = lambda _: seen.extend(poisoned.flags())
    poisoned.work(TRIES)
    assert [(task.status, task.reason) for task in seen] == [(TaskStatus.OPEN, "no_answer")]
    assert len(poisoned.world.email.sent) == 1


@pytest.mark.parametrize(("tries", "marks"), [(1, {REDRIVEN: "yes"}), (TRIES, {})])
def test_what_works_in_the_end_releases_its_flag(
    poisoned: Poisoned, tries: int, marks: dict[str, str]
):
    poisoned.fail(4)
    poisoned.heal()
    poisoned.work(tries, **marks)
    [task] = poisoned.flags()
    assert (task.status, task.outcome) == (TaskStatus.DONE, "recovered")
    assert task.done_at == poisoned.world.clock.now()
    assert len(poisoned.world.email.sent) == 1


def test_a_redrive_releases_also_what_was_paid_meanwhile(poisoned: Poisoned):
    poisoned.fail(4)
    poisoned.heal()
    poisoned.world.pay(poisoned.invoice, 100_00)
    poisoned.work(1, redriven="yes")
    [task] = poisoned.flags()
    assert task.status is TaskStatus.DONE
    assert poisoned.world.email.sent == []


@pytest.mark.parametrize(("tries", "marks"), [(1, {REDRIVEN: "yes"}), (TRIES, {})])
def test_what_is_handed_to_another_worker_is_not_lost_with_its_message(
    poisoned: Poisoned, tries: int, marks: dict[str, str]
):
    """While it is flagged the stragglers would leave it alone."""
    poisoned.fail(4)
    poisoned.heal()
    message = {"tenant": LIVE.key, "customer": poisoned.invoice.customer_id, **marks}
    work_off(poisoned.world.ports, message, "action", tries)
    assert [task.outcome for task in poisoned.flags()] == ["recovered"]
    assert len(poisoned.world.queues.drain("email")) == 1  # which never arrives
    poisoned.world.clock.advance(STRAGGLES_AFTER)
    assert poisoned.stragglers() == 1


def test_what_fails_again_opens_the_same_task_again(poisoned: Poisoned):
    poisoned.fail(4)
    [task] = poisoned.flags()
    complete_task(poisoned.world.ports, LIVE, OFFICE, task.id, "repaired", "Surely.")
    poisoned.fail(4)
    [again] = poisoned.flags()
    assert (again.id, again.status, again.outcome) == (task.id, TaskStatus.OPEN, None)
    assert (again.note, again.done_at) == (None, None)
    poisoned.world.work()
    events = poisoned.world.ledger.events_page(LIVE, Cursor(100)).data
    told = sorted(event.type for event in events if event.object_id == task.id)
    assert told == ["task.completed", "task.created", "task.reopened"]


def test_stragglers_leave_it_alone_until_a_person_completes_the_task(poisoned: Poisoned):
    poisoned.fail(4)
    poisoned.world.clock.advance(STRAGGLES_AFTER)
    assert [poisoned.stragglers() for _ in range(3)] == [0, 0, 0]
    [task] = poisoned.flags()
    poisoned.heal()
    complete_task(poisoned.world.ports, LIVE, OFFICE, task.id, "repaired", None)
    assert poisoned.stragglers() == 1


def test_another_case_of_the_customer_that_was_lost_is_handed_over_all_the_same(
    poisoned: Poisoned,
):
    poisoned.fail(4)
    poisoned.world.clock.advance(STRAGGLES_AFTER)
    assert poisoned.stragglers() == 0
    poisoned.world.clock.advance(days=1)
    assert poisoned.stragglers() == 1


def test_what_went_on_by_itself_is_released_by_night(poisoned: Poisoned):
    poisoned.fail(4)
    look_after(poisoned.world.ports, LIVE, poisoned.invoice.customer_id)
    assert poisoned.world.queues.waiting("action") == []
    poisoned.heal()
    poisoned.work(1)
    assert [task.status for task in poisoned.flags()] == [TaskStatus.OPEN]
    look_after(poisoned.world.ports, LIVE, poisoned.invoice.customer_id)
    [message] = poisoned.world.queues.waiting("action")
    work_off(poisoned.world.ports, message, "action")
    assert [task.outcome for task in poisoned.flags()] == ["recovered"]
    assert len(poisoned.world.email.sent) == 1


def test_what_still_waits_keeps_its_flag_when_another_case_works_again(poisoned: Poisoned):
    poisoned.world.clock.advance(days=1)
    poisoned.fail(4)
    assert len(poisoned.flags()) == 2
    poisoned.heal()
    poisoned.world.pay(poisoned.invoice)
    poisoned.world.queues.drain("email")
    look_after(poisoned.world.ports, LIVE, poisoned.invoice.customer_id)
    [message] = poisoned.world.queues.waiting("action")
    work_off(poisoned.world.ports, message, "action")  # which sends no e-mail
    left = {task.case_id for task in poisoned.flags() if task.status is TaskStatus.OPEN}
    assert left == {poisoned.coming.case_id}


def test_an_old_flag_keeps_nothing_from_the_stragglers_that_became_due_since(poisoned: Poisoned):
    poisoned.fail(4)
    poisoned.heal()
    poisoned.world.pay(poisoned.coming, 100_00)
    poisoned.work(1)
    poisoned.world.clock.advance(days=5)
    assert poisoned.stragglers() == 1
    poisoned.world.queues.drain("email")
    poisoned.ledger.poisoned.add(poisoned.invoice.customer_id)
    poisoned.fail(4, 5)
    assert poisoned.stragglers() == 0


def test_nobody_else_waits_for_it(poisoned: Poisoned):
    world = poisoned.world
    other = world.post("R-9", due="2026-01-15", customer=somebody("two"))
    for tries in range(1, TRIES + 1):
        poisoned.fail(tries)
    work_off(world.ports, {"tenant": LIVE.key, "customer": other.customer_id}, "email")
    assert [message.to for message in world.email.sent] == ["two@customer.example"]
