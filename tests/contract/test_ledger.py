"""Single records and working files are read back as they were committed, by their tenant only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.storage import Reference, Write
from tests.builders import (
    a_case,
    a_communication,
    a_credit_note,
    a_customer,
    a_dispute,
    a_payment,
    a_payment_plan,
    a_promise,
    a_service,
    a_task,
    an_invoice,
    customer_id,
    utc,
)
from tests.contract.conftest import Store
from tests.contract.ingested import ingest


def test_what_was_committed_is_read_back(store: Store):
    customer, invoice, case = ingest(store)
    file = store.ledger.file(store.live, customer.id)
    assert file.customer == customer
    assert file.cases == (case,)
    assert store.ledger.customer(store.live, customer.id) == customer
    assert store.ledger.invoice(store.live, invoice.id) == invoice
    assert store.ledger.case(store.live, case.id) == case
    assert store.ledger.reference(store.live, "invoice_number", "R-1") == invoice.id


def test_every_kind_is_read_back(store: Store):
    payment = a_payment(tenant=store.live)
    note = a_credit_note(tenant=store.live)
    promise = a_promise(tenant=store.live)
    plan = a_payment_plan(tenant=store.live)
    communication = a_communication(tenant=store.live)
    task = a_task(tenant=store.live)
    times = utc("2026-01-01"), utc("2026-01-02"), utc("2025-12-31")
    held = utc("2025-12-31 00:05")
    dispute, service = a_dispute(tenant=store.live), a_service(tenant=store.live)
    clock = TestClock("clock_1", store.live, *times, held_until=held, version=1)
    written = (payment, note, promise, plan, communication, task, clock, dispute, service)
    store.ledger.commit([Write(None, each) for each in written])
    assert store.ledger.payment(store.live, payment.id) == payment
    assert store.ledger.payments_of(store.live, customer_id()) == (payment,)
    assert store.ledger.credit_notes_of(store.live, customer_id()) == (note,)
    assert store.ledger.credit_note(store.live, note.id) == note
    assert store.ledger.promise(store.live, promise.id) == promise
    assert store.ledger.payment_plan(store.live, plan.id) == plan
    assert store.ledger.communication(store.live, communication.id) == communication
    assert store.ledger.task(store.live, task.id) == task
    assert store.ledger.dispute(store.live, dispute.id) == dispute
    assert store.ledger.service(store.live, service.id) == service
    assert store.ledger.test_clock(store.live, clock.id) == clock


def test_who_why_and_when_are_kept(store: Store):
    change = Change(by="api_key:key_1", why="“agreed by phone” 📞", at=utc("2026-01-05 09:00"))
    customer = a_customer(tenant=store.live, change=change)
    store.ledger.commit([Write(None, customer)])
    assert store.ledger.customer(store.live, customer.id).change == change


def test_what_is_not_there_is_none(store: Store):
    assert store.ledger.file(store.live, customer_id()) is None
    assert store.ledger.customer(store.live, customer_id()) is None
    assert store.ledger.invoice(store.live, an_invoice().id) is None
    assert store.ledger.case(store.live, a_case().id) is None
    assert store.ledger.payment(store.live, a_payment().id) is None
    assert store.ledger.credit_note(store.live, a_credit_note().id) is None
    assert store.ledger.promise(store.live, a_promise().id) is None
    assert store.ledger.payment_plan(store.live, a_payment_plan().id) is None
    assert store.ledger.communication(store.live, a_communication().id) is None
    assert store.ledger.task(store.live, a_task().id) is None
    assert store.ledger.dispute(store.live, a_dispute().id) is None
    assert store.ledger.service(store.live, a_service().id) is None
    assert store.ledger.test_clock(store.live, "clock_1") is None
    assert store.ledger.reference(store.live, "invoice_number", "R-1") is None
    assert store.ledger.payments_of(store.live, customer_id()) == ()
    assert store.ledger.invoices(store.live, []) == {}
    assert store.ledger.cases(store.live, [a_case().id]) == {}


@pytest.mark.parametrize("text", ["", "x", "cus_", "in_1", "in_" + "u" * 32, "🦭#FILE#", "a#b#c"])
def test_what_is_no_id_is_not_there(store: Store, text: str):
    ledger, live = store.ledger, store.live
    singles = (ledger.file, ledger.customer, ledger.invoice, ledger.case, ledger.payment)
    singles += (ledger.communication, ledger.task, ledger.test_clock)
    assert [find(live, text) for find in singles] == [None] * len(singles)
    assert ledger.invoices(live, [text]) == {}
    assert ledger.cases(live, [text]) == {}


@pytest.mark.parametrize("tenant", ["test", "other"])
def test_other_tenants_see_nothing(store: Store, tenant: str):
    customer, invoice, case = ingest(store)
    stranger = getattr(store, tenant)
    assert store.ledger.file(stranger, customer.id) is None
    assert store.ledger.invoice(stranger, invoice.id) is None
    assert store.ledger.invoices(stranger, [invoice.id]) == {}
    assert store.ledger.case(stranger, case.id) is None
    assert store.ledger.reference(stranger, "invoice_number", "R-1") is None


def test_same_ids_and_references_live_beside_each_other_in_live_and_test(store: Store):
    _, live_invoice, _ = ingest(store)
    invoice = replace(live_invoice, tenant=store.test, amount=1)
    store.ledger.commit(
        [Write(None, invoice)], [Reference(store.test, "invoice_number", "R-1", invoice.id)]
    )
    assert store.ledger.invoice(store.test, invoice.id).amount == 1
    assert store.ledger.invoice(store.live, invoice.id) == live_invoice


def test_several_at_once(store: Store):
    _, first, _ = ingest(store, "R-1", customer="one")
    _, second, case = ingest(store, "R-2", customer="two")
    wanted = [first.id, second.id, an_invoice("R-9").id]
    assert store.ledger.invoices(store.live, wanted) == {first.id: first, second.id: second}
    assert store.ledger.cases(store.live, [case.id, a_case("R-9").id]) == {case.id: case}


def test_the_file_has_open_cases_of_this_customer_only(store: Store):
    _, _, first = ingest(store, "R-1", customer="one")
    ingest(store, "R-2", customer="two")
    third = a_case("R-3", tenant=store.live)
    store.ledger.commit([Write(None, third)])
    cases = store.ledger.file(store.live, customer_id("one")).cases
    assert sorted(cases, key=lambda each: each.id) == sorted(
        [first, third], key=lambda each: each.id
    )
    assert [each.id for each in cases] == sorted(each.id for each in cases)
    assert all(ids.owner_of(each.id) == customer_id("one") for each in cases)
