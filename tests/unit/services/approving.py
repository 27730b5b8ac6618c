"""A world in which a step needs approval, and somebody is asked for it."""

from __future__ import annotations

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import Task
from chalicelib.domain.event import Event
from chalicelib.ports.storage import Cursor
from tests.builders import LIVE, a_sequence, a_step
from tests.world import World

RULE = ApprovalRule("manager", 3, deputy="director", deputy_after_days=2)
STEPS = a_sequence(a_step("firm", 1, approval=RULE), a_step("call", 20, "call"))
FEE = a_step("fee", 1, "fee", parameters={"amount": 500, "currency": "eur"}, approval=RULE)


class Office(World):
    """A world in which somebody is asked about R-1, due on 5 January."""

    def __init__(self, sequence=STEPS) -> None:
        super().__init__("2026-01-02 08:00", sequence=sequence)
        self.r1 = self.post("R-1", due="2026-01-05")
        self.until("2026-01-06 09:00")
        [self.task] = self.open_tasks(self.r1)

    def again(self) -> Task:
        found = self.ledger.task(LIVE, self.task.id)
        assert found is not None
        return found

    def told(self, of_type: str) -> list[Event]:
        self.work()
        return list(self.ledger.events_page(LIVE, Cursor(50), of_type=of_type).data)

    def ends(self) -> dict[str, tuple[Outcome, str]]:
        results = self.case(self.r1).results
        return {step: (result.outcome, result.reason) for step, result in results.items()}
