"""Ingest: one transaction, once per number, for a known or a new customer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.errors import InvalidError, NumberTakenError
from chalicelib.domain.invoice import Invoice, InvoiceStatus, Line
from chalicelib.domain.schedule import SETTLING
from chalicelib.domain.sequence import Sequence
from chalicelib.services.nightly import look_after
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from tests.builders import EUR, LIVE, a_creditor, a_sequence, a_step, customer_id, day, utc
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import (
    InterruptedLedger,
    die_after_the_next_commit,
    just_before_the_commit,
)
from tests.world import Crash, World, somebody


def an_order(**facts: object) -> NewInvoice:
    given = {
        "number": "R-1",
        "customer": somebody(),
        "currency": EUR,
        "amount": 100_00,
        "issue_date": day("2026-01-01"),
        "due_date": day("2026-01-15"),
    }
    return NewInvoice(**{**given, **facts})


def test_invoice_case_customer_and_number_are_written_in_one_commit():
    ledger = MeddledLedger()
    world = World("2026-01-02 08:00", ledger=ledger)
    posted = post_invoice(
        world.ports, LIVE, BILLING, an_order(lines=(Line("Electricity", 100_00),))
    )
    invoice = posted.invoice
    assert posted.created
    assert ledger.calls == 1
    assert ledger.invoice(LIVE, invoice.id) == invoice
    assert ledger.reference(LIVE, "invoice_number", "R-1") == invoice.id
    case = world.case(invoice)
    assert (case.status, case.remaining, case.due_at) == (
        CaseStatus.OPEN,
        100_00,
        utc("2026-01-12 08:00"),
    )
    assert world.customer(invoice).balance == {"eur": 100_00}


def test_the_same_number_with_the_same_content_returns_the_first_invoice():
    world = World("2026-01-02 08:00")
    first = post_invoice(world.ports, LIVE, BILLING, an_order())
    written = len(world.ledger.changes)
    world.clock.advance(days=3)
    again = post_invoice(world.ports, LIVE, BILLING, an_order())
    by_id = post_invoice(world.ports, LIVE, BILLING, an_order(customer=first.invoice.customer_id))
    assert again.invoice == by_id.invoice == first.invoice
    assert not again.created
    assert len(world.ledger.changes) == written


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 100_01},
        {"due_date": day("2026-01-16")},
        {"issue_date": day("2026-01-02")},
        {"customer": somebody("two")},
        {"lines": (Line("Gas", 100_00),)},
        {"pdf_url": "https://files.example/other.pdf"},
        {"metadata": {"order": "B-2"}},
    ],
)
def test_the_same_number_with_other_content_is_refused(other: dict[str, object]):
    world = World("2026-01-02 08:00")
    post_invoice(world.ports, LIVE, BILLING, an_order())
    written = len(world.ledger.changes)
    with pytest.raises(NumberTakenError) as refused:
        post_invoice(world.ports, LIVE, BILLING, an_order(**other))
    assert refused.value.code == "invoice_number_taken"
    assert len(world.ledger.changes) == written


def test_the_same_invoice_is_known_again_after_a_payment():
    world = World("2026-01-02 08:00")
    first = post_invoice(world.ports, LIVE, BILLING, an_order())
    world.pay(first.invoice, 40_00)
    again = post_invoice(world.ports, LIVE, BILLING, an_order())
    assert (again.created, again.invoice.remaining) == (False, 60_00)


def test_an_existing_external_id_means_that_customer_with_its_own_details():
    world = World("2026-01-02 08:00")
    first = post_invoice(world.ports, LIVE, BILLING, an_order())
    second = an_order(number="R-2", customer=replace(somebody("one"), name="Other"))
    posted = post_invoice(world.ports, LIVE, BILLING, second)
    assert posted.invoice.customer_id == first.invoice.customer_id
    assert world.customer(posted.invoice).name == "Customer one"


def test_customers_without_external_id_are_told_apart_by_their_invoices():
    world = World("2026-01-02 08:00")
    nameless = somebody("one", external_id=None)
    first = post_invoice(world.ports, LIVE, BILLING, an_order(customer=nameless))
    again = post_invoice(world.ports, LIVE, BILLING, an_order(customer=nameless))
    second = post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2", customer=nameless))
    assert again.invoice == first.invoice
    assert second.invoice.customer_id != first.invoice.customer_id


@pytest.mark.parametrize("unknown", [customer_id("nobody"), "nonsense", "", "case_1"])
def test_an_unknown_customer_is_a_fault_of_that_field(unknown: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(InvalidError) as refused:
        post_invoice(world.ports, LIVE, BILLING, an_order(customer=unknown))
    assert [fault.pointer for fault in refused.value.fields] == ["/customer"]
    assert world.ledger.changes == []


def test_an_unknown_sequence_is_a_fault_of_that_field():
    world = World("2026-01-02 08:00")
    with pytest.raises(InvalidError) as refused:
        post_invoice(world.ports, LIVE, BILLING, an_order(sequence="seq_none"))
    assert [fault.pointer for fault in refused.value.fields] == ["/sequence"]


def test_a_creditor_without_default_sequence_has_to_name_one():
    world = World("2026-01-02 08:00")
    world.ledger.save_creditor(a_creditor(default_sequence=None))
    with pytest.raises(InvalidError):
        post_invoice(world.ports, LIVE, BILLING, an_order())
    own = a_sequence(a_step("own", 0))
    world.ledger.add_sequence(LIVE, own)
    posted = post_invoice(world.ports, LIVE, BILLING, an_order(sequence=own.id))
    assert posted.invoice.sequence == (own.id, 1)


def test_a_case_keeps_the_version_it_started_with_and_new_ones_take_the_newest():
    world = World("2026-01-02 08:00", sequence=a_sequence(a_step("old", 0)))
    first = post_invoice(world.ports, LIVE, BILLING, an_order()).invoice
    newer: Sequence = a_sequence(a_step("new", 0), version=2)
    world.ledger.add_sequence(LIVE, newer)
    second = post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2")).invoice
    world.until("2026-01-16 00:00")
    assert list(world.case(first).results) == ["old"]
    assert list(world.case(second).results) == ["new"]


def test_credit_of_several_payments_pays_a_new_invoice_before_the_answer():
    world = World("2026-01-02 08:00")
    first = post_invoice(world.ports, LIVE, BILLING, an_order(amount=10_00)).invoice
    world.pay(first, 30_00)
    world.pay(first, 15_00)
    posted = post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2", amount=33_00))
    assert posted.created
    assert posted.invoice.status is InvoiceStatus.PAID
    assert world.case(posted.invoice).status is CaseStatus.CLOSED
    assert world.customer(posted.invoice).credit == {"eur": 2_00}


def test_posting_again_after_a_crash_spends_the_credit_all_the_same():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    first = post_invoice(world.ports, LIVE, BILLING, an_order(amount=10_00)).invoice
    world.pay(first, 30_00)
    die_after_the_next_commit(world)
    with pytest.raises(Crash):
        post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2", amount=15_00))
    posted = post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2", amount=15_00))
    assert not posted.created
    assert posted.invoice.status is InvoiceStatus.PAID
    assert world.customer(posted.invoice).credit == {"eur": 5_00}


def left_with_credit_beside_a_debt(due: str, **world_facts: object) -> tuple[World, Invoice]:
    """Return a world in which whoever posted the second invoice died, and never came back."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), **world_facts)
    first = post_invoice(world.ports, LIVE, BILLING, an_order(amount=10_00)).invoice
    world.pay(first, 30_00)
    die_after_the_next_commit(world)
    with pytest.raises(Crash):
        post_invoice(
            world.ports, LIVE, BILLING, an_order(number="R-2", amount=15_00, due_date=day(due))
        )
    second = world.ledger.reference(LIVE, "invoice_number", "R-2")
    return world, world.ledger.invoice(LIVE, second)


def test_credit_is_spent_at_the_next_look_also_where_nothing_is_left_to_send():
    """Every step asks for more than is owed: no message would have had it looked for."""
    for_large_ones = a_sequence(a_step("friendly", -3, min_amount=20_00))
    world, invoice = left_with_credit_beside_a_debt("2026-01-15", sequence=for_large_ones)
    world.until("2026-01-13 00:00")
    assert world.email.sent == []
    assert world.invoice(invoice).status is InvoiceStatus.PAID
    assert world.customer(invoice).credit == {"eur": 5_00}


def test_credit_is_spent_by_night_where_nothing_is_due_for_a_while():
    world, invoice = left_with_credit_beside_a_debt("2026-09-15")
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    assert world.invoice(invoice).status is InvoiceStatus.PAID
    assert world.case(invoice).status is CaseStatus.CLOSED


def test_a_number_that_another_writer_takes_in_between_is_looked_at_again():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    just_before_the_commit(world, lambda: post_invoice(world.ports, LIVE, BILLING, an_order()))
    posted = post_invoice(world.ports, LIVE, BILLING, an_order())
    assert not posted.created
    assert world.customer(posted.invoice).balance == {"eur": 100_00}


def test_what_is_due_long_ago_is_scheduled_for_now_and_not_for_then():
    world = World("2026-03-02 09:00")
    posted = post_invoice(world.ports, LIVE, BILLING, an_order()).invoice
    assert world.case(posted).due_at == world.clock.now() + SETTLING


def test_posting_costs_the_same_however_many_invoices_the_customer_has():
    world = World("2026-01-02 08:00", ledger=InterruptedLedger())
    post_invoice(world.ports, LIVE, BILLING, an_order())
    readings: list[str] = []
    world.ledger.before_file = lambda: readings.append("the whole file")
    post_invoice(world.ports, LIVE, BILLING, an_order(number="R-2"))
    assert readings == []
