"""A large account is handed over in portions: whatever happens between them, the dossier names all
that was handed over, and nobody is asked any more to call."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.sequence import Scope
from tests.builders import LIVE, a_sequence, a_step
from tests.invariants.meddling import MeddledLedger, Writes
from tests.world import Crash, World

AGENCY = a_step("agency", 10, "escalate", parameters={"to": "Inkasso Nord GmbH"})


@pytest.fixture
def world() -> World:
    steps = a_step("call", -2, "call"), AGENCY  # so each invoice has a call of its own
    sequence = a_sequence(*steps, scope=Scope.ACCOUNT)
    return World("2026-01-02 08:00", sequence=sequence, ledger=MeddledLedger())


def post(world: World) -> list[Invoice]:
    return [world.post(f"R-{each:03}", due="2026-01-05") for each in range(130)]


def missing(world: World, posted: list[Invoice]) -> list[str]:
    """Return what was handed over but isn't named in the dossier that its case points to."""
    handed_over = [
        (each.number, pause.reference)
        for each in posted
        for pause in world.case(each).pauses
        if pause.kind is PauseKind.HANDED_OVER
    ]
    assert len(handed_over) >= len(posted) - 1
    kept = {name: world.documents.kept[LIVE.key, name or ""].decode() for _, name in handed_over}
    return [number for number, name in handed_over if number not in kept[name]]


def hands_over(writes: Writes) -> bool:
    return any(getattr(write.after, "pauses", ()) for write in writes)


def test_who_dies_between_two_portions_leaves_a_whole_dossier(world: World):
    posted = post(world)
    portions: list[Writes] = []

    def die_at_the_second(writes: Writes) -> None:
        if hands_over(writes):
            portions.append(writes)
            if len(portions) == 2:
                raise Crash

    world.ledger.before_commit = die_at_the_second
    world.until("2026-01-15 12:00")
    assert len(portions) > 2
    assert missing(world, posted) == []
    file = world.ledger.whole_file(LIVE, posted[0].customer_id)
    tasks = file.tasks if file else ()
    assert {(task.status, task.outcome) for task in tasks} == {(TaskStatus.DONE, "handed_over")}


def test_a_payment_between_two_portions_leaves_a_whole_dossier(world: World):
    posted = post(world)
    portions: list[Writes] = []

    def pay_one_of_the_last(writes: Writes) -> None:
        if hands_over(writes):
            portions.append(writes)
            if len(portions) == 1:
                world.pay(next(each for each in posted if not world.case(each).pauses))

    world.ledger.after_commit = pay_one_of_the_last
    world.until("2026-01-15 12:00")
    assert len(portions) > 1
    assert missing(world, posted) == []
