"""One payment over several invoices leaves none open for charges that are waived."""

from __future__ import annotations

import pytest

from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.late_payment import WhenPaid
from tests.invariants.watch import Watch
from tests.unit.services.late_payers import a_world
from tests.world import World


def waivers(world: World, invoice: Invoice) -> list[Charge]:
    charges = world.ledger.charges_of(world.tenant, invoice.customer_id)
    return [each for each in charges if each.kind is ChargeKind.WAIVER]


def a_late_payer(when_paid: WhenPaid = WhenPaid.WAIVE) -> tuple[World, list[Invoice]]:
    """Return a world in which two invoices over €100.00 are charged with €5.00 each."""
    world = a_world(when_paid=when_paid)
    invoices = [world.post(number, due="2024-03-01") for number in ("R-1", "R-2")]
    for each in invoices:
        world.fee(each, 5_00)
    return world, invoices


@pytest.mark.parametrize("way", ["transfer", "card"])
def test_a_payment_of_both_invoices_settles_both(way: str):
    world, invoices = a_late_payer()
    if way == "transfer":
        world.pay(invoices[0], 200_00)
    else:
        world.hear(world.card(invoices[0], 200_00))
    for each in invoices:
        after = world.invoice(each)
        assert (after.status, after.paid, after.charges) == ("paid", 100_00, 0)
    assert sorted(each.amount for each in waivers(world, invoices[0])) == [-5_00, -5_00]
    assert world.customer(invoices[0]).balance == {}
    Watch(world).check_books()


def test_what_is_over_pays_the_charges_of_the_named_first():
    world, invoices = a_late_payer()
    world.pay(invoices[1], 206_00)
    first, second = (world.invoice(each) for each in invoices)
    assert (first.paid, second.paid) == (101_00, 105_00)
    assert {first.status, second.status} == {"paid"}
    [waiver] = waivers(world, first)
    assert (waiver.invoice_id, waiver.amount) == (first.id, -4_00)


def test_who_pays_what_one_invoice_asks_for_pays_its_charges():
    world, invoices = a_late_payer()
    world.pay(invoices[0], 105_00)
    first, second = (world.invoice(each) for each in invoices)
    assert (first.status, first.charges, second.remaining) == ("paid", 5_00, 105_00)
    assert not waivers(world, first)


def test_where_charges_are_kept_each_invoice_is_paid_as_a_whole():
    world, invoices = a_late_payer(WhenPaid.KEEP)
    world.pay(invoices[0], 200_00)
    first, second = (world.invoice(each) for each in invoices)
    assert (first.paid, first.status) == (105_00, "paid")
    assert (second.paid, second.remaining) == (95_00, 10_00)


def test_money_that_goes_back_reopens_what_was_paid_and_no_charges():
    world, invoices = a_late_payer()
    paid = world.hear(world.card(invoices[0], 200_00))
    world.hear(world.later(paid, "charge.refunded", refunded=200_00))
    for each in invoices:
        assert (world.invoice(each).remaining, world.invoice(each).charges) == (100_00, 0)
    Watch(world).check_books()


def test_a_decision_that_settles_the_invoice_itself_waives_its_charges():
    world, [invoice, _] = a_late_payer()
    world.pay(invoice, 70_00)
    dispute = world.dispute(invoice, 30_00)
    world.resolve(dispute, "accepted")
    after = world.invoice(invoice)
    assert (after.status, after.credited, after.charges) == ("paid", 30_00, 0)
    assert not world.case(invoice).is_open
    assert [each.amount for each in waivers(world, invoice)] == [-5_00]
    Watch(world).check_books()
