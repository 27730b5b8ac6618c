"""What a person did about a task is recorded once."""

from __future__ import annotations

import pytest

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.privacy import ERASED, ErasureReason
from chalicelib.services.complete_task import complete_task
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.stuck import flag, task_of
from tests.builders import LIVE, a_task
from tests.deeds import OFFICE
from tests.world import World, somebody


def a_world_with_a_task() -> tuple[World, Task]:
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None, phone=None))
    world.until("2026-01-12 10:00")
    (task,) = world.open_tasks(invoice)
    return world, task


def test_outcome_note_and_time_are_kept():
    world, task = a_world_with_a_task()
    done = complete_task(world.ports, LIVE, OFFICE, task.id, "called", "Pays on Friday.")
    assert (done.status, done.outcome, done.note) == (TaskStatus.DONE, "called", "Pays on Friday.")
    assert done.done_at == world.clock.now()
    assert world.ledger.task(LIVE, task.id) == done


def test_the_same_outcome_again_changes_nothing_and_another_is_refused():
    world, task = a_world_with_a_task()
    first = complete_task(world.ports, LIVE, OFFICE, task.id, "called", None)
    world.clock.advance(days=1)
    assert complete_task(world.ports, LIVE, OFFICE, task.id, "called", None) == first
    with pytest.raises(ConflictError):
        complete_task(world.ports, LIVE, OFFICE, task.id, "wrote", None)
    with pytest.raises(ConflictError):
        complete_task(world.ports, LIVE, OFFICE, task.id, "called", "another note")


@pytest.mark.parametrize("unknown", [a_task().id, "nonsense"])
def test_an_unknown_task_is_not_found(unknown: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(NotFoundError):
        complete_task(world.ports, LIVE, OFFICE, unknown, "called", None)


def test_nobodys_words_stay_at_a_task_of_an_erased_customer():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.advance(days=10, hours=3)
    [case_id] = flag(world.ports, LIVE, invoice.customer_id, "error")
    world.pay(invoice)
    erase_customer(world.ports, LIVE, OFFICE, invoice.customer_id, ErasureReason.OBJECTION)

    complete_task(world.ports, LIVE, OFFICE, task_of(case_id), "told Mr Miller", "by phone")

    done = world.ledger.task(LIVE, task_of(case_id))
    assert (done.status, done.outcome, done.note) == (TaskStatus.DONE, ERASED, None)
