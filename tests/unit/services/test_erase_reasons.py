"""What a person gave as a reason goes with the customer, also where it is a single word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.services.cancel_invoice import void_invoice, write_off_invoice
from chalicelib.services.cancel_promise import cancel_promise
from chalicelib.services.override_sequence import override_for_customer, override_for_invoice
from tests.builders import LIVE
from tests.unit.erika import erase, stored
from tests.world import World

WORD = "mueller"
"""It is written as the name of a call is."""
SAID = Change(by="api_key:office", why=WORD)


def overridden(world: World, invoice: Invoice) -> None:
    override_for_invoice(world.ports, LIVE, SAID, invoice.id, DEFAULT.id)


def overridden_for_all(world: World, invoice: Invoice) -> None:
    override_for_customer(world.ports, LIVE, SAID, invoice.customer_id, DEFAULT.id)


def called_off(world: World, invoice: Invoice) -> None:
    promise = world.promise(invoice, dates={"2026-02-05": None})
    cancel_promise(world.ports, LIVE, SAID, promise.id)


def called_off_without_a_word(world: World, invoice: Invoice) -> None:
    """The promise itself is called off with a reason that isn't the call's own."""
    promise = world.promise(invoice, dates={"2026-02-05": None})
    call = Change(by="api_key:office", why="cancel_promise")
    cancel_promise(world.ports, LIVE, call, promise.id, reason=WORD)


def voided(world: World, invoice: Invoice) -> None:
    world.promise(invoice, dates={"2026-02-05": 10_00})
    world.fee(invoice, 5_00)
    void_invoice(world.ports, LIVE, SAID, invoice.id)


def written_off(world: World, invoice: Invoice) -> None:
    world.promise(invoice, dates={"2026-02-05": 10_00})
    world.dispute(invoice)
    write_off_invoice(world.ports, LIVE, SAID, invoice.id)


@pytest.mark.parametrize(
    "said",
    [
        overridden,
        overridden_for_all,
        called_off,
        called_off_without_a_word,
        voided,
        written_off,
    ],
    ids=lambda said: said.__name__,
)
def test_a_reason_of_a_single_word_goes(said: Callable[[World, Invoice], None]):
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    said(world, invoice)
    world.days(1)
    assert WORD in repr(stored(world, invoice.customer_id))
    if world.invoice(invoice).is_open:
        world.void(invoice)

    erase(world, invoice)

    left = [each for each in stored(world, invoice.customer_id) if WORD in repr(each)]
    assert [each.type if isinstance(each, Event) else type(each) for each in left] == []
    assert world.customer(invoice).erasure.done_at
