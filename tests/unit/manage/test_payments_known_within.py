"""A creditor's payments are caught up with from the start, within the limit that its file says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.creditor import Creditor
from chalicelib.domain.errors import InvalidError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.handlers.validation import validate
from chalicelib.services.create_creditor import create_creditor
from chalicelib.services.update_creditor import update_creditor
from manage.bodies import CreditorBody
from tests.builders import CREDITOR_ID
from tests.world import World

FILE = {
    "name": "Nordlicht",
    "country": "DE",
    "sender_email": "rechnung@nordlicht.example",
    "reply_to": "kundenservice@nordlicht.example",
}
BOTH = {Tenant(CREDITOR_ID, mode) for mode in Mode}


def a_creditor_of(**fields: Any) -> Creditor:
    return validate(CreditorBody, {**FILE, **fields}).creditor(CREDITOR_ID)


def listed(world: World) -> set[Tenant]:
    return {mark.tenant for mark in world.marks.all()}


def test_a_new_creditor_is_caught_up_with_in_both_modes():
    world = World()
    create_creditor(world.ports, a_creditor_of())
    assert listed(world) == BOTH


def test_so_is_one_that_is_updated():
    world = World()
    update_creditor(world.ports, a_creditor_of())
    assert listed(world) == BOTH


def test_the_limit_is_what_the_file_says_and_six_hours_otherwise():
    assert a_creditor_of().payments_known_within == timedelta(hours=6)
    three_days = a_creditor_of(payments_known_within_hours=72)
    assert three_days.payments_known_within == timedelta(days=3)


@pytest.mark.parametrize("hours", [0, 73, 1.5])
def test_a_limit_must_make_sense(hours: float):
    with pytest.raises(InvalidError):
        a_creditor_of(payments_known_within_hours=hours)
