"""Voiding and writing off close the case; both can be repeated."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.errors import InvoiceHasPaymentsError, InvoiceNotOpenError, NotFoundError
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.services.cancel_invoice import void_invoice
from tests.builders import LIVE, an_invoice
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import InterruptedLedger, just_before_the_commit
from tests.world import World


@pytest.mark.parametrize("deed", ["void", "write_off"])
def test_nothing_is_owed_and_nothing_is_due_any_more(deed: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    after = getattr(world, deed)(invoice)
    assert (after.remaining, after.paid) == (0, 0)
    assert (after.credited, after.written_off) == ((100_00, 0) if deed == "void" else (0, 100_00))
    case = world.case(invoice)
    assert (case.status, case.due_at) == (CaseStatus.CLOSED, None)
    assert world.customer(invoice).balance == {}


@pytest.mark.parametrize("deed", ["void", "write_off"])
def test_doing_it_again_changes_nothing(deed: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    first = getattr(world, deed)(invoice)
    written = len(world.ledger.changes)
    assert getattr(world, deed)(invoice) == first
    assert len(world.ledger.changes) == written


def test_a_partly_paid_invoice_is_not_voided_but_its_rest_can_be_written_off():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.pay(invoice, 40_00)
    with pytest.raises(InvoiceHasPaymentsError) as refused:
        world.void(invoice)
    assert refused.value.code == "invoice_has_payments"
    assert world.write_off(invoice).written_off == 60_00


@pytest.mark.parametrize(("first", "second"), [("void", "write_off"), ("write_off", "void")])
def test_what_is_closed_otherwise_stays_so(first: str, second: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    getattr(world, first)(invoice)
    with pytest.raises(InvoiceNotOpenError) as refused:
        getattr(world, second)(invoice)
    assert refused.value.code == "invoice_not_open"


@pytest.mark.parametrize("deed", ["void", "write_off"])
def test_a_paid_invoice_cannot_be_cancelled(deed: str):
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.pay(invoice)
    with pytest.raises(InvoiceNotOpenError):
        getattr(world, deed)(invoice)


@pytest.mark.parametrize("unknown", [an_invoice("R-9").id, "nonsense"])
def test_an_unknown_invoice_is_not_found(unknown: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(NotFoundError):
        void_invoice(world.ports, LIVE, OFFICE, unknown)


def test_a_payment_that_comes_in_between_forbids_the_void():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    just_before_the_commit(world, lambda: world.pay(invoice, 40_00))
    with pytest.raises(InvoiceHasPaymentsError):
        world.void(invoice)
    assert world.invoice(invoice).status is InvoiceStatus.OPEN


def test_money_for_a_cancelled_invoice_is_credit_and_takes_nothing_up_again():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.void(invoice)
    world.pay(invoice, 50_00)
    assert world.invoice(invoice).status is InvoiceStatus.VOID
    assert world.customer(invoice).credit == {"eur": 50_00}


@pytest.mark.parametrize("deed", ["void", "write_off"])
def test_an_invoice_paid_while_it_is_looked_at_stays_paid(deed: str):
    world = World("2026-01-02 08:00", ledger=InterruptedLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.ledger.before_file = lambda: world.pay(invoice)
    with pytest.raises(InvoiceNotOpenError):
        getattr(world, deed)(invoice)
    assert world.invoice(invoice).status is InvoiceStatus.PAID
