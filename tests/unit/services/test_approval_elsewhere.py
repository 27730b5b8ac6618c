"""What was agreed to under one sequence is no consent to a step of the same key of another."""

from __future__ import annotations

import pytest

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.case import PauseKind
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.errors import TaskDoneError
from chalicelib.services.assign_segments import request_assignment
from chalicelib.services.override_sequence import override_for_invoice
from chalicelib.services.save_segment import add_segment
from chalicelib.services.save_sequence import SequenceDraft, add_sequence
from tests.builders import LIVE, a_draft, a_sequence, a_step
from tests.deeds import OFFICE
from tests.world import World

CLERK, DIRECTOR = ApprovalRule("clerk", 30), ApprovalRule("director", 30)


class TwoOffices(World):
    """A clerk is asked about an e-mail; elsewhere a director decides about the agency."""

    def __init__(self) -> None:
        steps = a_sequence(a_step("final", 5, approval=CLERK))
        super().__init__("2026-01-02 08:00", sequence=steps)
        agency = {"to": "Inkasso Nord GmbH"}
        hand_over = a_step("final", 6, "escalate", parameters=agency, approval=DIRECTOR)
        self.firm = add_sequence(self.ports, LIVE, OFFICE, SequenceDraft("Firm", (hand_over,))).id
        self.r1 = self.post("R-1", due="2026-01-05")
        self.until("2026-01-10 12:00")
        [self.task] = self.open_tasks(self.r1)

    def segment(self) -> None:
        add_segment(self.ports, LIVE, OFFICE, a_draft(sequence=self.firm))
        request_assignment(self.ports, LIVE, OFFICE)
        self.work()

    def override(self) -> None:
        override_for_invoice(self.ports, LIVE, OFFICE, self.r1.id, self.firm)

    def was_handed_over(self) -> bool:
        return any(each.kind is PauseKind.HANDED_OVER for each in self.case(self.r1).pauses)

    def roles(self) -> list[str]:
        return [each.question.role for each in self.open_tasks(self.r1) if each.question]

    def asked(self) -> Task:
        found = self.ledger.task(LIVE, self.task.id)
        assert found is not None
        return found


@pytest.fixture
def world() -> TwoOffices:
    return TwoOffices()


@pytest.mark.parametrize("move", [TwoOffices.segment, TwoOffices.override])
def test_a_question_ends_at_once_and_another_is_put(world: TwoOffices, move):
    move(world)
    case = world.case(world.r1)
    assert case.sequence[0] == world.firm
    assert case.approvals == case.open_tasks == ()
    assert (world.asked().status, world.asked().outcome) == (TaskStatus.DONE, "not_needed")
    with pytest.raises(TaskDoneError):
        world.approve(world.task, "clerk")

    world.until("2026-01-13 12:00")
    assert world.roles() == ["director"]
    assert not world.was_handed_over()


@pytest.mark.parametrize("move", [TwoOffices.segment, TwoOffices.override])
def test_what_was_approved_is_asked_about_anew(world: TwoOffices, move):
    world.hold(world.r1, "2026-01-20")
    world.approve(world.task, "clerk")
    move(world)
    assert world.asked().outcome == "approved"

    world.until("2026-01-21 12:00")
    assert world.roles() == ["director"]
    assert not world.was_handed_over()
