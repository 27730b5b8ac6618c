"""Payment plans that are agreed late: after a final notice, or a hand-over to an agency."""

from __future__ import annotations

import pytest

from chalicelib.domain.plan_errors import CaseHandedOverError
from chalicelib.ports.storage import Cursor
from chalicelib.services.pause_case import hand_back_case
from tests.builders import a_sequence, a_step
from tests.deeds import OFFICE
from tests.plan_deeds import agree, free
from tests.world import World

TWO = free(d2026_01_19=20_00, d2026_02_15=80_00)


def test_what_is_with_an_agency_is_planned_once_it_is_handed_back():
    step = a_step("agency", 5, "escalate", parameters={"to": "Inkasso Nord GmbH"})
    world = World("2026-01-02 08:00", sequence=a_sequence(step))
    invoice = world.post("R-1", due="2026-01-05")
    world.until("2026-01-15 10:00")
    with pytest.raises(CaseHandedOverError):
        agree(world, invoice, instalments=TWO)
    assert world.case(invoice).instalment is None
    hand_back_case(world.ports, world.tenant, OFFICE, world.case(invoice).id)
    assert agree(world, invoice, instalments=TWO).is_open


def test_the_time_that_an_earlier_notice_gave_doesnt_hold_instalments_back():
    final = a_step("final", 10, template="notice_final", pay_within_days=14)
    world = World("2026-01-02 08:00", sequence=a_sequence(final))
    invoice = world.post("R-1", due="2026-01-05")
    world.until("2026-01-15 10:00")
    agree(world, invoice, instalments=TWO)
    world.until("2026-01-27 12:00")
    log = world.ledger.communications_page(world.tenant, Cursor(100)).data
    told = sorted((f"{each.created_at:%m-%d}", each.template) for each in log)
    assert told[0] == ("01-14", "notice_final")
    assert [each for each in told if each[1] == "instalment"]
