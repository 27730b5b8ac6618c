"""What the provider says of a payment becomes payment, allocations, pauses and tasks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import CaseStatus, PauseKind
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.payment import PaymentStatus
from chalicelib.ports.payments import ProviderState
from chalicelib.services.receive_payment_event import is_known, payment_id
from tests.builders import LIVE, customer_id, utc
from tests.invariants.meddling import MeddledLedger
from tests.world import Crash, World


def test_a_payment_arrives_in_one_commit_with_everything_that_follows():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    calls = world.ledger.calls
    fact = world.hear(replace(world.card(invoice), communication_id="cm_1"))
    assert world.ledger.calls == calls + 1
    payment = world.ledger.payment(LIVE, payment_id(invoice.customer_id, "pi_1"))
    assert payment is not None
    assert (payment.amount, payment.status) == (100_00, PaymentStatus.SUCCEEDED)
    assert (payment.provider_reference, payment.communication) == ("pi_1", "cm_1")
    assert payment.change.by == "stripe"
    assert fact.event_id in payment.change.why
    assert world.invoice(invoice).status is InvoiceStatus.PAID


def test_the_id_of_a_payment_follows_from_the_providers_reference():
    customer = customer_id("one")
    assert payment_id(customer, "pi_1") == payment_id(customer, "pi_1")
    assert payment_id(customer, "pi_1") != payment_id(customer, "pi_2")
    assert payment_id(customer, "pi_1") != payment_id(customer_id("two"), "pi_1")


def test_without_named_invoices_the_oldest_due_is_paid_first():
    world = World("2026-01-02 08:00")
    newer = world.post("R-1", due="2026-01-20")
    older = world.post("R-2", due="2026-01-15")
    world.hear(replace(world.card(newer, 120_00), named=()))
    assert world.invoice(older).remaining == 0
    assert world.invoice(newer).remaining == 80_00


def test_a_customer_that_is_not_there_is_not_found_and_nothing_is_stored():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    with pytest.raises(NotFoundError):
        world.hear(replace(world.card(invoice), customer_id=customer_id("nobody")))
    assert len(world.ledger.changes) == written


def test_a_processing_debit_pauses_the_invoices_it_names_and_no_others():
    world = World("2026-01-02 08:00")
    first = world.post("R-1", due="2026-01-15")
    second = world.post("R-2", due="2026-01-15")
    world.hear(world.card(first, state=ProviderState.PROCESSING))
    (pause,) = world.case(first).pauses
    assert (pause.kind, pause.until) == (PauseKind.PAYMENT_PROCESSING, utc("2026-01-28 08:00"))
    assert world.case(second).pauses == ()
    assert world.customer(first).balance == {"eur": 200_00}


def test_two_debits_of_one_invoice_each_have_their_own_pause():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    first = world.hear(world.card(invoice, 40_00, state=ProviderState.PROCESSING))
    second = world.card(invoice, 40_00, state=ProviderState.PROCESSING, reference="pi_2")
    world.hear(second)
    assert len(world.case(invoice).pauses) == 2
    world.hear(world.later(first, "payment_intent.payment_failed", state=ProviderState.FAILED))
    assert len(world.case(invoice).pauses) == 1


def test_a_refund_takes_the_last_allocation_back_first():
    world = World("2026-01-02 08:00")
    older = world.post("R-1", due="2026-01-15")
    newer = world.post("R-2", due="2026-01-20")
    paid = world.hear(replace(world.card(older, 200_00), named=(older.id, newer.id)))
    world.hear(world.later(paid, "charge.refunded", refunded=130_00))
    assert world.invoice(newer).remaining == 100_00
    assert world.invoice(older).remaining == 30_00
    assert world.case(older).status is CaseStatus.OPEN


def test_a_refund_of_credit_leaves_the_invoices_alone():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(invoice, 130_00))
    world.hear(world.later(paid, "charge.refunded", refunded=30_00))
    assert world.invoice(invoice).remaining == 0
    assert world.customer(invoice).credit == {}
    assert world.customer(invoice).credit_payments == ()


def test_a_chargeback_makes_one_task_and_holds_the_case_until_it_is_closed():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(invoice))
    about = {"dispute": "dp_1", "disputed": 100_00}
    for kind in ("charge.dispute.created", "charge.dispute.updated"):
        world.hear(world.later(paid, kind, **about))
    assert [pause.kind for pause in world.case(invoice).pauses] == [PauseKind.DISPUTE]
    (task,) = world.open_tasks(invoice)
    assert (task.case_id, task.do) == (invoice.case_id, "investigate")
    world.hear(world.later(paid, "charge.dispute.closed", **about))
    assert world.case(invoice).pauses == ()
    assert world.invoice(invoice).remaining == 100_00


def test_the_date_of_the_payment_is_the_providers_and_on_a_test_clock_the_clocks():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.hear(replace(world.card(invoice), at=utc("2026-01-01 23:59")))
    payment = world.ledger.payment(LIVE, payment_id(invoice.customer_id, "pi_1"))
    assert payment is not None
    assert (payment.paid_at, payment.created_at) == (
        utc("2026-01-01 23:59"),
        utc("2026-01-02 08:00"),
    )


def test_what_a_look_says_is_news_unless_the_payment_stands_so_or_has_succeeded():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    looks = {state: world.card(invoice, state=state) for state in ProviderState}

    def news() -> list[ProviderState]:
        return [state for state, look in looks.items() if not is_known(world.ports, look)]

    assert news() == list(ProviderState)
    world.hear(looks[ProviderState.PROCESSING])
    assert news() == [ProviderState.SUCCEEDED, ProviderState.FAILED]
    world.hear(world.later(looks[ProviderState.FAILED], "evt", state=ProviderState.FAILED))
    assert news() == [ProviderState.PROCESSING, ProviderState.SUCCEEDED]
    world.hear(looks[ProviderState.SUCCEEDED])
    assert news() == []


def test_a_chargeback_of_a_payment_that_named_no_invoice_makes_a_task_all_the_same():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(replace(world.card(invoice), named=()))
    world.hear(world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00))
    (task,) = world.open_tasks(invoice)
    assert task.case_id == invoice.case_id


def test_what_a_won_chargeback_gives_back_pays_more_invoices_than_fit_one_commit():
    """Five stay paid, 28 are taken back and 40 more are posted meanwhile: 35 is no full batch."""
    world = World("2026-01-02 08:00")
    invoices = [world.post(f"R-{n:02}", due="2026-01-15", amount=1_00) for n in range(33)]
    paid = world.hear(world.card(invoices[0], 73_00))
    world.hear(world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=68_00))
    assert world.customer(invoices[0]).balance == {"eur": 28_00}
    for number in range(40):
        world.post(f"S-{number:02}", due="2026-01-16", amount=1_00)
    world.hear(world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0))
    assert world.customer(invoices[0]).balance == {}
    assert world.customer(invoices[0]).credit == {}


def test_a_refund_of_more_invoices_than_fit_one_commit_takes_everything_back():
    world = World("2026-01-02 08:00")
    invoices = [world.post(f"R-{n:02}", due="2026-01-15", amount=1_00) for n in range(75)]
    paid = world.hear(world.card(invoices[0], 80_00))
    assert world.customer(invoices[0]).credit == {"eur": 5_00}
    world.hear(world.later(paid, "charge.refunded", refunded=80_00))
    assert world.customer(invoices[0]).balance == {"eur": 75_00}
    assert world.customer(invoices[0]).credit == {}
    assert all(world.invoice(each).remaining == 1_00 for each in invoices)


def test_a_large_refund_of_which_the_worker_died_in_the_middle_is_finished_by_the_same_event():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoices = [world.post(f"R-{n:02}", due="2026-01-15", amount=1_00) for n in range(40)]
    paid = world.hear(world.card(invoices[0], 40_00))
    refund = world.later(paid, "charge.refunded", refunded=40_00)
    world.ledger.die_at = world.ledger.calls + 1
    with pytest.raises(Crash):
        world.hear(refund)
    assert world.customer(invoices[0]).balance == {"eur": 30_00}
    world.hear(refund)
    assert world.customer(invoices[0]).balance == {"eur": 40_00}


def test_the_customers_credit_pays_what_a_refund_opens_again():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(invoice))
    world.pay(invoice, 30_00)
    assert world.customer(invoice).credit == {"eur": 30_00}
    world.hear(world.later(paid, "charge.refunded", refunded=100_00))
    assert world.invoice(invoice).remaining == 70_00
    assert world.customer(invoice).credit == {}


def test_the_end_of_one_dispute_heard_late_does_not_undo_another_and_each_has_its_task():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(invoice))
    world.hear(world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=40_00))
    world.clock.advance(minutes=1)
    won = world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0)  # asked, and read
    world.clock.advance(minutes=1)
    for kind in ("created", "funds_withdrawn"):
        about = {"dispute": "dp_2", "disputed": 60_00}
        world.hear(world.later(paid, f"charge.dispute.{kind}", **about))
    assert len(world.open_tasks(invoice)) == 2
    world.hear(won)
    assert world.invoice(invoice).remaining == 60_00
    assert [pause.kind for pause in world.case(invoice).pauses] == [PauseKind.DISPUTE]
    assert len(world.open_tasks(invoice)) == 1


def test_what_was_asked_last_counts_whichever_event_it_was_about():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    paid = world.hear(world.card(invoice))
    opened = world.later(paid, "charge.dispute.created", dispute="dp_1", disputed=100_00)
    world.clock.advance(hours=1)
    updated = world.later(paid, "charge.dispute.updated", dispute="dp_1", disputed=100_00)
    world.hear(replace(updated, asked_at=world.now()))
    world.hear(replace(opened, disputed=30_00, asked_at=world.clock.advance(hours=1)))
    assert world.invoice(invoice).remaining == 30_00
