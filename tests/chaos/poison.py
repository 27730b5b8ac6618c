"""A record that nobody can read for so long that its messages die, and what must come of it.

Whatever is wrong with a record, its message is handed out until it is a dead letter, and each of
its cases that is due is flagged for a person. That it ends well once the record can be read again
and the letter is redriven is for the calm to show.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.communication import TaskStatus
from chalicelib.services.stuck import task_of
from chalicelib.services.work_off import TRIES
from tests.chaos.stage import QUARTER, quarter_after
from tests.endings import require
from tests.waiting import until

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.case import Case
    from tests.chaos.life import Life

SPARE = 10
"""More rounds than tries: the dead letter is made when the message would be handed out again, and
on a busy machine a round may end before its message was handed out."""


def let_letters_die(life: Life) -> int:
    """Let one customer's record be unreadable until their message is dead; say how many died."""
    stage = life.stage
    of_the_storm, dead = stage.messages(dead=True), 0
    cases, flagged = set[str](), set[str]()
    try:
        if (case := _poisoned(life)) is None:
            return 0
        assert case.due_at is not None
        due_at, customer = case.due_at, case.customer_id
        stage.jump(max(due_at, stage.now()))
        for _ in range(TRIES + SPARE):
            stage.jump(quarter_after(stage.now() + QUARTER))
            until(partial(stage.call, "FunctionSweep"), "a sweep")
            life.until_quiet()
            dead = stage.messages(dead=True) - of_the_storm
            cases, flagged = _due(life, customer, due_at)
            if dead and cases <= flagged:  # the storm's own messages may die before
                break
        require(dead, f"I3: what always fails for {customer} never became a dead letter")
        require(case.id in cases, f"{case.number} was followed up although nobody can read it")
        require(cases <= flagged, f"I3: nobody is told that {cases - flagged} are stuck")
    finally:
        stage.poison(None)
    return dead


def _poisoned(life: Life) -> Case | None:
    """Let nobody read the customer whose case is due first, and return it (None: none is due).

    Whoever has read the file before may still follow it up: such a case isn't taken.
    """
    for case in _waiting(life):
        life.stage.poison(f"{life.tenant.key}#{case.customer_id}")
        life.stage.jump(life.stage.now())  # waits until nobody is at work
        if case in _waiting(life):
            return case
    return None


def _due(life: Life, customer: str, until_: datetime) -> tuple[set[str], set[str]]:
    """Return which of the customer's cases are due, and for which a person was asked."""
    ledger, tenant = life.ports.ledger, life.tenant
    tasks = {
        each.id for each in ledger.tasks_of(tenant, customer) if each.status is TaskStatus.OPEN
    }
    cases = set(ledger.due_cases(tenant, customer, until_))
    return cases, {each for each in cases if task_of(each) in tasks}


def _waiting(life: Life) -> list[Case]:
    """Return the cases that wait for something, by when it is due.

    A claim is settled by mail events, without the file; so what is claimed isn't among them.
    """
    waiting = [
        (case.due_at, case.id, case)
        for file in life.files()
        for case in file.cases
        if case.due_at and not case.claim
    ]
    return [case for _, _, case in sorted(waiting, key=lambda each: each[:2])]
