"""What is waived stands beside what was charged; by policy the payment waives the rest."""

from __future__ import annotations

import pytest

from chalicelib.domain.charge import ChargeKind
from chalicelib.domain.charging import CompensationDemand
from chalicelib.domain.errors import (
    AmountTooLargeError,
    NothingToChargeError,
)
from chalicelib.domain.late_payment import WhenPaid
from tests.invariants.watch import Watch
from tests.unit.services.late_payers import FIVE, a_world, refused


def test_what_is_waived_stands_beside_what_was_charged():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    fee = world.fee(invoice, 5_00)
    waiver = world.waive(fee, 2_00)
    assert (waiver.kind, waiver.amount, waiver.waives[0].charge_id) == ("waiver", -2_00, fee.id)
    assert world.invoice(invoice).charges == 3_00
    with pytest.raises(AmountTooLargeError):
        world.waive(fee, 3_01)
    world.waive(fee)
    assert world.invoice(invoice).remaining == 100_00
    for gone in (fee, waiver):
        with pytest.raises(NothingToChargeError):
            world.waive(gone)


def test_charges_stay_owed_after_the_invoice_is_paid_until_they_are_waived():
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    fee = world.fee(invoice, 5_00)
    world.pay(invoice, 100_00)
    assert (world.invoice(invoice).is_open, world.invoice(invoice).remaining) == (True, 5_00)
    assert refused(world, invoice, FIVE) is NothingToChargeError
    world.waive(fee)
    assert world.invoice(invoice).status == "paid"
    assert not world.case(invoice).is_open
    assert world.customer(invoice).balance == {}


def test_by_policy_the_payment_of_the_invoice_waives_the_rest():
    world = a_world(when_paid=WhenPaid.WAIVE)
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    world.fee(invoice, 5_00)
    world.demand(invoice, CompensationDemand())
    world.pay(invoice, 60_00)
    assert world.invoice(invoice).charges == 45_00
    world.pay(invoice, 42_00)
    after = world.invoice(invoice)
    assert (after.status, after.paid, after.charges) == ("paid", 102_00, 2_00)
    [waiver] = [
        each
        for each in world.ledger.charges_of(world.tenant, invoice.customer_id)
        if each.kind is ChargeKind.WAIVER
    ]
    assert (waiver.amount, waiver.reason) == (-43_00, "paid")
    assert [each.amount for each in waiver.waives] == [40_00, 3_00]
    Watch(world).check_books()


def test_by_policy_a_credit_note_over_the_invoice_waives_the_rest():
    world = a_world(when_paid=WhenPaid.WAIVE)
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    world.fee(invoice, 5_00)
    world.credit(invoice, 100_00)
    assert (world.invoice(invoice).status, world.invoice(invoice).charges) == ("paid", 0)


@pytest.mark.parametrize("deed", ["void", "write_off"])
def test_what_is_given_up_takes_its_charges_with_it(deed: str):
    world = a_world()
    invoice = world.post("R-1", due="2024-03-01", amount=100_00)
    world.fee(invoice, 5_00)
    getattr(world, deed)(invoice)
    after = world.invoice(invoice)
    assert (after.charges, after.remaining) == (5_00, 0)
    assert after.credited + after.written_off == 105_00
    Watch(world).check_books()
