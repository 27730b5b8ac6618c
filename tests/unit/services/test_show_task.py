"""A task is shown with what is needed to do it by now; what is over, or nobody's, shows nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.communication import Task
from chalicelib.domain.privacy import Erasure, ErasureReason
from chalicelib.ports.storage import Write
from chalicelib.services.complete_task import complete_task
from chalicelib.services.show_task import show_task
from tests.builders import LIVE, a_sequence, a_step
from tests.deeds import OFFICE
from tests.world import World

CALLS = a_sequence(a_step("call", 3, "call"))


@pytest.fixture
def world() -> World:
    """Return a world with a customer who is to be called."""
    world = World("2026-03-02 08:00", sequence=CALLS)
    world.post("A-1", due="2026-03-02", amount=1_000_00)
    world.days(4)
    return world


def the_task(world: World) -> Task:
    [task] = [each for _, each in world.ledger.changes if isinstance(each, Task)]
    return task


def test_an_open_call_has_its_risk_its_sheet_and_its_script(world: World):
    shown = show_task(world.ports, LIVE, the_task(world).id)
    assert shown.risk is not None
    assert shown.risk.value.amount == 16_00
    assert shown.call is not None
    assert shown.script == "call Customer one about A-1: 1000.00 EUR"


def test_it_follows_a_payment(world: World):
    task = the_task(world)
    invoice = world.ledger.invoice(LIVE, task.case_id.replace("case_", "in_"))
    assert invoice is not None
    world.pay(invoice, 400_00)
    assert show_task(world.ports, LIVE, task.id).script == "call Customer one about A-1: 600.00 EUR"
    world.pay(invoice, 600_00)
    settled = show_task(world.ports, LIVE, task.id)
    assert settled.risk is not None
    assert (settled.risk.value.amount, settled.call, settled.script) == (0, None, None)


def test_what_is_done_shows_nothing(world: World):
    task = the_task(world)
    complete_task(world.ports, LIVE, OFFICE, task.id, "done", None)
    shown = show_task(world.ports, LIVE, task.id)
    assert (shown.risk, shown.call) == (None, None)


def test_other_work_needs_no_number(world: World):
    task = the_task(world)
    world.ledger.commit([Write(task, replace(task, do="investigate", version=task.version + 1))])
    shown = show_task(world.ports, LIVE, task.id)
    assert shown.risk is not None
    assert shown.call is None


def test_nobody_is_called_who_is_erased(world: World):
    task = the_task(world)
    before = world.ledger.customer(LIVE, task.customer_id)
    assert before is not None
    erasure = Erasure(world.clock.now(), "api_key:1", ErasureReason.UNLAWFUL)
    erased = replace(before, erasure=erasure, version=before.version + 1)
    world.ledger.commit([Write(before, erased)])
    assert show_task(world.ports, LIVE, task.id).call is None
