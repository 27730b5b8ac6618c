"""Only an event that is in the way passes: the provider knows it, and no mark is past it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.catch_up_payments import OVERLAP
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.unit.manage.test_payments import a_pass, command, run
from tests.unit.services.catching_up import NOON, a_world


def test_an_event_that_the_provider_does_not_know_does_not_pass():
    world = a_world()
    world.paid(event_id="evt_1", tenant=TEST)
    for unknown in ("evt_x", "evt_1"):
        with pytest.raises(NotFoundError, match=f"no event {unknown} in live mode"):
            run(world.ports, a_pass(unknown))
    assert [mark.passed for mark in world.marks.all()] == [()]


def test_an_event_that_both_readings_are_past_is_not_in_the_way():
    world = a_world()
    world.paid(event_id="evt_1", at=NOON - OVERLAP - timedelta(seconds=1))
    with pytest.raises(ConflictError, match="isn't in the way"):
        run(world.ports, a_pass())
    world.paid(event_id="evt_2", at=NOON - OVERLAP)
    assert run(world.ports, a_pass("evt_2"))["passed"]


def test_a_mark_within_a_second_stands_before_what_happened_in_it():
    """The provider's times are whole seconds, and the catch-up reads each as a whole."""
    world = a_world()
    [mark] = world.marks.all()
    within = timedelta(milliseconds=500)
    world.marks.move(mark, PaymentMark(LIVE, NOON + within, NOON + within))
    world.paid(event_id="evt_1", at=NOON)
    assert run(world.ports, a_pass())["passed"]


def test_before_anything_was_read_nothing_is_in_the_way():
    world = a_world()
    world.marks.begin(TEST)
    world.paid(event_id="evt_1", tenant=TEST)
    with pytest.raises(ConflictError, match="isn't in the way"):
        run(world.ports, command("pass", CREDITOR_ID, "evt_1", "--mode", "test", "--why", "x"))
