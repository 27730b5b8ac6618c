"""A commit is all or nothing: versions follow each other, and who comes late changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.ports.storage import Reference, TransactionTooLargeError, Write, WriteConflictError
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS
from tests.builders import a_claim, a_communication, a_customer, a_payment, a_result
from tests.contract.conftest import Store
from tests.contract.ingested import ingest, next_version


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


def test_a_closed_case_leaves_the_working_file_when_it_is_finished_and_comes_back(store: Store):
    customer, invoice, case = ingest(store)
    claimed = next_version(case, claim=a_claim())
    store.ledger.commit([Write(case, claimed)])
    closed = next_version(claimed, status=CaseStatus.CLOSED, due_at=None, channel=None)
    paid = next_version(invoice, paid=100_00, status=InvoiceStatus.PAID)
    store.ledger.commit([Write(claimed, closed), Write(invoice, paid)])
    assert store.ledger.file(store.live, customer.id).cases == (closed,)

    settled = next_version(closed, claim=None, results={"reminder": a_result()})
    store.ledger.commit([Write(closed, settled)])
    assert store.ledger.file(store.live, customer.id).cases == ()
    assert store.ledger.case(store.live, case.id) == settled
    assert store.ledger.cases(store.live, [case.id]) == {case.id: settled}

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
