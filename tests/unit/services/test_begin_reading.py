"""From a tenant's first checkout on its payments are read, whatever the catch-up has seen."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.catch_up_payments import catch_up_payments
from chalicelib.services.pay_page import Visit, start_checkout
from tests.builders import EUR, LIVE
from tests.world import World

BACK = "https://pay.test/pay/token"


@pytest.fixture
def world() -> World:
    world = World("2026-01-02 08:00")
    world.marks.begin(LIVE, world.now())
    return world


def open_checkout(world: World) -> Invoice:
    """Let a customer go and pay, and return the invoice."""
    invoice = world.post("FIRST-1", due="2026-01-15")
    start_checkout(world.ports, Visit(LIVE, invoice.customer_id), EUR, (invoice.id,), None, BACK)
    return invoice


def test_what_is_paid_before_the_catch_up_first_looks_is_read_though_the_key_is_gone_then(
    world: World,
):
    """No webhook comes, and the first look finds no account: that isn't a tenant without one."""
    invoice = open_checkout(world)
    world.payments.told.append(world.card(invoice))
    world.payments.without_account = {LIVE}
    world.clock.advance(hours=1)
    assert catch_up_payments(world.ports).held_up.keys() == {LIVE}
    world.payments.without_account = set()
    world.clock.advance(hours=1)
    assert catch_up_payments(world.ports).held_up == {}
    assert world.invoice(invoice).status == "paid"


def test_only_the_first_checkout_of_a_tenant_sets_its_mark(world: World):
    begun = world.now()
    for _ in range(2):
        open_checkout(world)
        mark = world.marks.get(LIVE)
        assert mark == PaymentMark(LIVE, begun, since=begun)
        world.clock.advance(minutes=1)


def test_a_checkout_that_the_provider_refuses_says_nothing_of_an_account(world: World):
    world.payments.down = True
    with pytest.raises(PaymentUnavailableError):
        open_checkout(world)
    assert world.marks.get(LIVE) == PaymentMark(LIVE, since=world.now())
