"""Approvers: they approve, refuse, or let it lapse; and nothing that needs approval goes without.

What was approved is read off the tasks alone: nothing here asks the code that decides.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.instalment import is_of_instalment
from chalicelib.domain.sequence import Scope, Sequence
from chalicelib.ports.storage import Record
from tests.endings import require
from tests.simulation.client import Client

if TYPE_CHECKING:
    from tests.simulation.life import Life

VERDICTS = ("approve", "refuse", None)
DAYS = 4
"""Within how many days most of them decide, too late for some."""


class Approvers:
    """Everybody who is asked for approval in a life, and what they said."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._random = life.branch()
        self._approved: dict[tuple[str, str], int] = {}
        self._refused: set[tuple[str, str]] = set()
        self._accounts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        life.ledger.on_change.append(self._committed)

    def at_the_end(self) -> None:
        """Require that nothing waits for ever: who can't decide any more isn't asked."""
        for record in self.life.ledger._records.values():
            if isinstance(record, Task) and record.question and record.status is TaskStatus.OPEN:
                case = self.life.ledger.case(record.tenant, record.case_id)
                held = case is not None and case.pauses
                now = self.life.clocks.now_of(case) if case else record.created_at
                late = now - record.question.until
                require(held or late < timedelta(days=1), f"approval: {record.id} never ends")

    def _committed(self, before: Record | None, after: Record) -> None:
        if isinstance(after, Task) and after.question:
            self._asked(after) if before is None else self._answered(after)
        if isinstance(after, Case):
            self._done(before if isinstance(before, Case) else None, after)

    def _asked(self, task: Task) -> None:
        verdict = self._random.choices(VERDICTS, (50, 20, 30))[0]
        role = self._random.choice(("manager", "manager", "director"))
        seconds = self._random.choice((5.0, 0.0)) + self._random.random() ** 2 * DAYS * 86400
        if verdict:
            self.life.scheduler.after(seconds, partial(self._decide, task, verdict, role))

    def _decide(self, task: Task, verdict: str, role: str) -> None:
        body = {"approver": "Krause", "role": role}
        body |= {"reason": "not yet"} if verdict == "refuse" else {}
        client = Client(self.life, task.tenant)
        client.post(f"{verdict} {task.step}", f"/v1/tasks/{task.id}/{verdict}", body)

    def _answered(self, task: Task) -> None:
        key = (task.case_id, task.step)
        case = self.life.ledger.case(task.tenant, task.case_id)
        assert task.question
        if task.outcome == "approved" and case:
            self._refused.discard(key)  # the case moved meanwhile, and was asked about anew
            self._approved[key] = task.question.amount
            self._accounts[(*_account(case), task.step)].add(case.id)
        if task.outcome == "refused":
            self._approved.pop(key, None)
            self._refused.add(key)

    def _done(self, before: Case | None, after: Case) -> None:
        sequence = self.life.ledger.sequence(after.tenant, *after.sequence)
        if before is None or sequence is None or before.sequence != after.sequence:
            return
        known = before.results.keys()
        acted = [
            key
            for key, result in after.results.items()
            if key not in known and result.outcome is Outcome.ACTED
        ]
        if after.claim and after.claim != before.claim:
            self._may(before, sequence, after.claim.step)
        for key in acted:
            self._may(before, sequence, key)

    def _may(self, case: Case, sequence: Sequence, key: str) -> None:
        if is_of_instalment(key):  # its sequence asks nobody
            return
        step = sequence.step(key)
        if step.approval is None:
            return
        told = f"approval: {case.number} {key}"
        if sequence.scope is Scope.ACCOUNT and step.offset_days >= 0:
            require(self._accounts[(*_account(case), key)], f"{told} is done without any")
            return
        require((case.id, key) not in self._refused, f"{told} is done though refused")
        disputed = sum(pause.amount or 0 for pause in case.pauses if pause.dispute)
        most = self._approved.get((case.id, key), -1)
        asked = case.remaining - disputed
        require(asked <= most, f"{told} asks for {asked}, approved were {most}")


def _account(case: Case) -> tuple[str, ...]:
    return case.customer_id, case.sequence[0], case.currency.code
