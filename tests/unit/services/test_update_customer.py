"""A change of a customer's details is stored once, and the schedule follows at once."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import NotFoundError
from chalicelib.services.update_customer import update_customer
from tests.builders import LIVE, customer_id, utc
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import World


def test_the_named_fields_change_and_no_others():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    before = world.customer(invoice)
    after = world.change(invoice, name="Renamed", metadata={"a": "b"})
    assert (after.name, after.metadata) == ("Renamed", {"a": "b"})
    assert (after.email, after.balance, after.version) == (before.email, before.balance, 2)
    assert (after.change.by, after.change.why) == (OFFICE.by, OFFICE.why)


def test_the_same_details_again_write_nothing():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    world.change(invoice, name="Customer one", timezone="Europe/Berlin")
    assert len(world.ledger.changes) == written


def test_another_country_has_other_holidays():
    """8 December is a holiday in Austria and none in Germany."""
    world = World("2026-11-20 08:00")
    invoice = world.post("R-1", due="2026-12-13")
    assert world.case(invoice).due_at == utc("2026-12-08 08:00")
    world.change(invoice, country="AT", timezone="Europe/Vienna")
    assert world.case(invoice).due_at == utc("2026-12-09 08:00")


def test_without_an_email_address_the_next_step_goes_to_the_queue_of_sms():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    assert world.case(invoice).channel == "email"
    world.change(invoice, email=None)
    assert world.case(invoice).channel == "sms"


@pytest.mark.parametrize("unknown", [customer_id("nobody"), "nonsense", "in_1", ""])
def test_an_unknown_customer_is_not_found(unknown: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(NotFoundError):
        update_customer(world.ports, LIVE, OFFICE, unknown, {"name": "x"})


def test_a_lost_write_is_tried_again_on_what_the_other_left():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.change(invoice, phone="+491700000000"))
    after = world.change(invoice, name="Renamed")
    assert (after.name, after.phone, after.version) == ("Renamed", "+491700000000", 3)
