"""An explanation says what is disputed, and until when it is set aside."""

from __future__ import annotations

import pytest

from chalicelib.domain.invoice import Invoice
from chalicelib.services.explain_case import explain_case
from tests.builders import LIVE
from tests.world import World


@pytest.fixture
def world() -> World:
    return World("2026-01-02 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def test_explain_says_what_is_disputed_and_until_when(world: World, invoice: Invoice):
    world.dispute(invoice)
    told = explain_case(world.ports, LIVE, invoice.case_id)

    assert told.next.reason == "dispute"
    assert "damaged" in told.next.why


def test_explain_says_that_a_part_is_set_aside(world: World, invoice: Invoice):
    world.dispute(invoice, 30_00)
    told = explain_case(world.ports, LIVE, invoice.case_id)

    assert told.next.step == "notice_upcoming"
    assert told.next.why.endswith("A part of it is disputed and set aside until 2026-02-02.")
