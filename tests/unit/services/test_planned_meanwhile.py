"""A plan that is taken while a reminder leaves doesn't keep its claim from being settled."""

from __future__ import annotations

from chalicelib.domain.case import Outcome
from tests.builders import a_sequence, a_step
from tests.plan_deeds import agree, free
from tests.world import World


def test_a_plan_is_taken_while_a_reminder_leaves():
    steps = a_sequence(a_step("reminder", 7), a_step("second", 30))
    world = World("2026-01-20 08:00", sequence=steps)
    invoice = world.post("R-1", due="2026-01-15")

    def meanwhile(_: object) -> None:
        world.email.before_answer = lambda _: None
        agree(world, invoice, instalments=free(d2026_02_02=60_00, d2026_03_02=40_00))

    world.email.before_answer = meanwhile
    world.until("2026-01-22 12:00")

    case = world.case(invoice)
    assert case.claim is None
    assert case.instalment is not None
    assert case.results["reminder"].outcome is Outcome.SENT
    assert case.due_at is not None
