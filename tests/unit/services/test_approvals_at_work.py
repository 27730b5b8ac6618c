"""What an approval lets go on: a fee, and an account as one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.sequence import Scope
from chalicelib.ports.storage import Cursor
from tests.builders import LIVE, a_sequence, a_step
from tests.unit.services.approving import FEE, RULE, STEPS, Office
from tests.world import World


def test_a_fee_is_charged_once_it_is_approved():
    office = Office(a_sequence(FEE))
    assert office.invoice(office.r1).charges == 0
    office.approve(office.task)
    office.until("2026-01-06 10:00")

    assert office.invoice(office.r1).charges == 5_00
    assert office.ends() == {"fee": (Outcome.ACTED, "approved")}
    assert office.case(office.r1).approvals == ()


def test_an_account_goes_on_as_one_once_it_is_approved():
    world = World("2026-01-02 08:00", sequence=replace(STEPS, scope=Scope.ACCOUNT))
    first = world.post("R-1", due="2026-01-05")
    second = world.post("R-2", due="2026-01-06", amount=50_00)
    world.until("2026-01-06 09:00")
    [task] = world.open_tasks(first)
    assert task.question
    assert task.question.amount == 150_00
    world.approve(task)
    world.until("2026-01-06 10:00")

    assert len(world.email.sent) == 1
    assert world.case(second).results["firm"].reason == "with_leading"


@pytest.mark.parametrize("is_refused", [True, False])
def test_what_is_refused_for_an_account_is_not_asked_about_invoice_by_invoice(is_refused):
    steps = a_sequence(a_step("firm", 10, approval=RULE), scope=Scope.ACCOUNT)
    world = World("2026-01-02 08:00", sequence=steps)
    posted = [world.post(f"R-{day}", due=f"2026-01-0{day}") for day in (5, 6, 7)]
    world.until("2026-01-18 09:00")
    [task] = world.open_tasks(posted[0])
    if is_refused:
        world.refuse(task)
    world.until("2026-01-30 09:00")

    assert world.email.sent == []
    ends = {world.case(each).results["firm"].reason for each in posted}
    assert ends == {"approval_refused" if is_refused else "approval_lapsed"}
    assert len(world.ledger.tasks_page(LIVE, Cursor(9)).data) == 1
