"""Single records, working files and commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.case import CaseStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.storage import (
    MAX_TRANSACTION_ITEMS,
    Reference,
    ReferenceTakenError,
    TransactionTooLargeError,
    Write,
    WriteConflictError,
)
from tests.builders import (
    a_case,
    a_claim,
    a_communication,
    a_credit_note,
    a_customer,
    a_payment,
    a_result,
    a_task,
    an_invoice,
    case_of,
    customer_id,
    utc,
)
from tests.contract.conftest import Store


def ingest(store: Store, number: str = "R-1", *, customer: str = "one"):
    """Commit a customer with an invoice and its case, and return the three."""
    one = a_customer(customer, tenant=store.live)
    invoice = an_invoice(number, customer=customer, tenant=store.live)
    case = case_of(invoice, due_at=utc("2026-01-16"), channel="email")
    store.ledger.commit(
        [Write(None, one), Write(None, invoice), Write(None, case)],
        [Reference(store.live, "invoice_number", number, invoice.id)],
    )
    return one, invoice, case


def next_version(record, **facts: Any):
    """Return the record changed, at its next version."""
    return replace(record, version=record.version + 1, **facts)


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
    communication = a_communication(tenant=store.live)
    task = a_task(tenant=store.live)
    clock = TestClock(
        "clock_1", store.live, utc("2026-01-01"), utc("2026-01-02"), utc("2025-12-31"), version=1
    )
    store.ledger.commit([Write(None, each) for each in (payment, note, communication, task, clock)])
    assert store.ledger.payment(store.live, payment.id) == payment
    assert store.ledger.payments_of(store.live, customer_id()) == (payment,)
    assert store.ledger.credit_notes_of(store.live, customer_id()) == (note,)
    assert store.ledger.credit_note(store.live, note.id) == note
    assert store.ledger.communication(store.live, communication.id) == communication
    assert store.ledger.task(store.live, task.id) == task
    assert store.ledger.test_clock(store.live, clock.id) == clock


def test_what_is_not_there_is_none(store: Store):
    assert store.ledger.file(store.live, customer_id()) is None
    assert store.ledger.customer(store.live, customer_id()) is None
    assert store.ledger.invoice(store.live, an_invoice().id) is None
    assert store.ledger.case(store.live, a_case().id) is None
    assert store.ledger.payment(store.live, a_payment().id) is None
    assert store.ledger.credit_note(store.live, a_credit_note().id) is None
    assert store.ledger.communication(store.live, a_communication().id) is None
    assert store.ledger.task(store.live, a_task().id) is None
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


def test_a_stale_write_changes_nothing(store: Store):
    customer, invoice, _ = ingest(store)
    newer = next_version(customer, name="Newer")
    store.ledger.commit([Write(customer, newer)])
    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(customer, next_version(customer, name="Stale"))])
    with pytest.raises(WriteConflictError):
        store.ledger.commit(
            [
                Write(invoice, next_version(invoice, paid=100_00)),
                Write(customer, next_version(customer, name="Stale")),
            ]
        )
    assert store.ledger.customer(store.live, customer.id) == newer
    assert store.ledger.invoice(store.live, invoice.id) == invoice


def test_what_exists_is_not_made_again(store: Store):
    customer, _, _ = ingest(store)
    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(None, customer)])
    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(None, customer), Write(None, a_payment(tenant=store.live))])
    assert store.ledger.payment(store.live, a_payment().id) is None


def test_what_does_not_exist_is_not_changed(store: Store):
    customer = a_customer(tenant=store.live)
    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(customer, next_version(customer))])
    assert store.ledger.customer(store.live, customer.id) is None


def test_versions_must_follow_each_other(store: Store):
    customer = a_customer(tenant=store.live, version=2)
    with pytest.raises(ValueError, match="follow each other"):
        store.ledger.commit([Write(None, customer)])
    first = a_customer(tenant=store.live)
    with pytest.raises(ValueError, match="isn't"):
        store.ledger.commit([Write(first, replace(first, tenant=store.test, version=2))])


def test_a_taken_reference_names_its_target_and_nothing_is_written(store: Store):
    _, invoice, _ = ingest(store)
    second = an_invoice("R-2", tenant=store.live)
    taken = Reference(store.live, "invoice_number", "R-1", second.id)
    free = Reference(store.live, "external_id", "x", second.id)
    with pytest.raises(ReferenceTakenError) as refused:
        store.ledger.commit([Write(None, second)], [free, taken])
    assert refused.value.reference == replace(taken, target=invoice.id)
    assert store.ledger.invoice(store.live, second.id) is None
    assert store.ledger.reference(store.live, "external_id", "x") is None


def test_a_taken_reference_goes_before_a_conflict(store: Store):
    customer, _, _ = ingest(store)
    second = an_invoice("R-2", tenant=store.live)
    with pytest.raises(ReferenceTakenError):
        store.ledger.commit(
            [Write(None, customer), Write(None, second)],
            [Reference(store.live, "invoice_number", "R-1", second.id)],
        )


def test_a_reference_to_the_same_target_may_be_repeated(store: Store):
    customer, invoice, _ = ingest(store)
    same = Reference(store.live, "invoice_number", "R-1", invoice.id)
    store.ledger.commit([Write(customer, next_version(customer))], [same])
    store.ledger.commit([], [same])
    store.ledger.commit([])
    assert store.ledger.reference(store.live, "invoice_number", "R-1") == invoice.id


def test_references_hold_any_text(store: Store):
    value = "№ 42 # «🦭» \u202e ref"
    store.ledger.commit([], [Reference(store.live, "external_id", value, customer_id())])
    assert store.ledger.reference(store.live, "external_id", value) == customer_id()


def test_a_closed_case_leaves_the_working_file_and_comes_back(store: Store):
    customer, invoice, case = ingest(store)
    claimed = next_version(case, claim=a_claim())
    store.ledger.commit([Write(case, claimed)])
    closed = next_version(claimed, status=CaseStatus.CLOSED, due_at=None, channel=None)
    paid = next_version(invoice, paid=100_00, status=InvoiceStatus.PAID)
    store.ledger.commit([Write(claimed, closed), Write(invoice, paid)])
    assert store.ledger.file(store.live, customer.id).cases == ()
    assert store.ledger.case(store.live, case.id) == closed
    assert store.ledger.cases(store.live, [case.id]) == {case.id: closed}

    settled = next_version(closed, claim=None, results={"reminder": a_result()})
    store.ledger.commit([Write(closed, settled)])
    reopened = next_version(settled, status=CaseStatus.OPEN)
    store.ledger.commit([Write(settled, reopened)])
    assert store.ledger.file(store.live, customer.id).cases == (reopened,)
    assert store.ledger.case(store.live, case.id) == reopened


def test_a_case_that_moves_needs_its_version(store: Store):
    customer, _, case = ingest(store)
    claimed = next_version(case, claim=a_claim())
    store.ledger.commit([Write(case, claimed)])
    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(case, next_version(case, status=CaseStatus.CLOSED))])
    assert store.ledger.file(store.live, customer.id).cases == (claimed,)


def test_one_of_many_workers_gets_the_claim(store: Store):
    """Equal claims too: on a test clock all workers see the same instant."""
    _, _, case = ingest(store)
    claimed = next_version(case, claim=a_claim())

    def claim(_: int) -> bool:
        try:
            store.ledger.commit([Write(case, claimed)])
        except WriteConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(claim, range(8))) == 1


def test_a_communication_is_appended_once(store: Store):
    communication = a_communication(tenant=store.live)
    store.ledger.append(communication)
    delivered = next_version(communication, reason="later")
    store.ledger.commit([Write(communication, delivered)])
    store.ledger.append(communication)
    assert store.ledger.communication(store.live, communication.id) == delivered


def test_a_commit_has_a_largest_size(store: Store):
    customer, _, case = ingest(store)
    closed = next_version(case, status=CaseStatus.CLOSED)
    many = [
        Reference(store.live, "external_id", str(each), customer.id)
        for each in range(MAX_TRANSACTION_ITEMS - 1)
    ]
    with pytest.raises(TransactionTooLargeError):
        store.ledger.commit([Write(case, closed)], many)
    store.ledger.commit([Write(case, closed)], many[:-1])
    assert store.ledger.case(store.live, case.id) == closed


def test_who_why_and_when_are_kept(store: Store):
    change = Change(by="api_key:key_1", why="“agreed by phone” 📞", at=utc("2026-01-05 09:00"))
    customer = a_customer(tenant=store.live, change=change)
    store.ledger.commit([Write(None, customer)])
    assert store.ledger.customer(store.live, customer.id).change == change


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
