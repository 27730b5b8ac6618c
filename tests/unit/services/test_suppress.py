"""An address that failed isn't used any more, however it is written."""

from __future__ import annotations

from chalicelib.domain.customer import Suppression
from chalicelib.services.suppress import suppress
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import World, somebody


def test_it_is_noted_once_with_its_first_reason():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    for reason in (Suppression.BOUNCED, Suppression.COMPLAINED):
        suppress(world.ports, world.customer(invoice), "one@customer.example", reason)
    customer = world.customer(invoice)
    assert customer.suppressed == {"one@customer.example": Suppression.BOUNCED}
    assert customer.version == 2
    assert customer.usable_email() is None
    assert customer.usable_phone() is not None


def test_capitals_make_no_difference():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email="One@Customer.example"))
    suppress(world.ports, world.customer(invoice), "ONE@customer.EXAMPLE", Suppression.BOUNCED)
    assert world.customer(invoice).usable_email() is None


def test_what_another_writer_changes_in_between_is_kept():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.change(invoice, name="Renamed"))
    known = world.customer(invoice)
    after = suppress(world.ports, known, "one@customer.example", Suppression.BOUNCED)
    assert (after.name, len(after.suppressed)) == ("Renamed", 1)
