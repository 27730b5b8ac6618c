"""Services of an account: an invoice is a cause only where its customer was warned of it."""

from __future__ import annotations

from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.sequence import Scope
from tests.builders.services import a_cutting_sequence
from tests.world import World


def test_an_invoice_restricts_only_after_its_own_announcement():
    world = World("2026-01-02 08:00", sequence=a_cutting_sequence(scope=Scope.ACCOUNT))
    first = world.post("R-1", due="2026-01-05")  # warned on the 10th, suspended on the 25th
    second = world.post("R-2", due="2026-01-24")
    world.until("2026-01-25 03:00")
    assert world.service(first).invoices == (first.id,)
    assert world.case(second).restriction is None
    world.acknowledge(first)
    world.pay(first)
    world.until("2026-01-26 12:00")
    assert world.service(first).action is ServiceAction.RESTORE

    world.until("2026-02-12 12:00")  # its own warning leaves on 29 January
    assert world.case(second).results["warning"].reached
    assert world.service(first).action is ServiceAction.RESTORE
    world.until("2026-02-13 12:00")
    assert world.service(first).action is ServiceAction.SUSPEND
    assert world.service(first).invoices == (second.id,)
