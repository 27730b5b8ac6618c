"""However many invoices a service is restricted for, each transaction has room for what belongs
together, and whoever dies between two of them leaves nothing half done."""

from __future__ import annotations

import pytest

from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.sequence import Scope
from chalicelib.domain.service import ServiceStatus
from tests.builders.services import a_cutting_sequence
from tests.invariants.meddling import MeddledLedger, Writes
from tests.world import Crash, World


@pytest.mark.parametrize("dies", [False, True])
def test_a_suspension_is_acknowledged_after_very_many_invoices_were_paid(*, dies: bool):
    sequence = a_cutting_sequence(scope=Scope.ACCOUNT)
    world = World("2026-01-02 08:00", sequence=sequence, ledger=MeddledLedger())
    posted = [world.post(f"R-{each:03}", due="2026-01-05") for each in range(120)]
    world.until("2026-01-25 03:00")
    world.pay(posted[0], 120 * 100_00)
    commits: list[Writes] = []

    def die_at_the_second(writes: Writes) -> None:
        commits.append(writes)
        if dies and len(commits) == 2:
            raise Crash

    world.ledger.before_commit = die_at_the_second
    if dies:
        with pytest.raises(Crash):
            world.acknowledge(posted[0], 1)
    else:
        world.acknowledge(posted[0], 1)
    assert len(commits) > 1
    world.ledger.before_commit = None

    world.until("2026-01-25 04:00")
    service = world.service(posted[0])
    assert (service.action, service.number) == (ServiceAction.RESTORE, 2)
    assert world.acknowledge(posted[0]).status is ServiceStatus.ACKNOWLEDGED
    world.until("2026-01-25 05:00")
    assert not any(world.case(each).restriction for each in posted)
