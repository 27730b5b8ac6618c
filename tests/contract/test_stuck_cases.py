"""What flags a stuck case: which cases are due, whatever is wrong with them, and whose tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Write
from chalicelib.storage.table import Table
from tests.builders import a_case, a_task, utc
from tests.contract.conftest import Store
from tests.contract.ingested import ingest, make_unreadable, next_version

NINE = utc("2026-01-16 09:00")


def test_due_are_the_unfinished_cases_whose_moment_has_come(store: Store):
    customer, _, first = ingest(store)
    first_due = first.due_at
    second = a_case("R-2", tenant=store.live, due_at=NINE, channel="email")
    store.ledger.commit([Write(None, second)])
    store.ledger.commit([Write(None, a_case("R-3", tenant=store.live))])

    def due(until):
        return set(store.ledger.due_cases(store.live, customer.id, until))

    assert due(NINE) == {first.id, second.id}
    assert due(NINE - timedelta(microseconds=1)) == {first.id}
    assert due(first_due - timedelta(microseconds=1)) == set()
    assert store.ledger.due_cases(store.test, customer.id, NINE) == ()
    store.ledger.commit([Write(second, next_version(second, due_at=None, channel=None))])
    assert due(NINE) == {first.id}


@pytest.mark.parametrize("store", ["table"], indirect=True)
def test_a_case_that_nobody_can_read_is_due_all_the_same(store: Store, table: Table):
    customer, _, case = ingest(store)
    make_unreadable(table, store, customer.id, f"FILE#CASE#{case.id[-16:]}")
    with pytest.raises(UnreadableRecordError, match="AttributeDeserializationError at FILE#CASE#"):
        store.ledger.file(store.live, customer.id)
    assert store.ledger.due_cases(store.live, customer.id, NINE) == (case.id,)


def test_tasks_of_a_customer_earliest_first(store: Store):
    _, _, case = ingest(store)
    late = a_task(case, name="T-1", tenant=store.live, created_at=NINE)
    early = a_task(case, name="T-2", tenant=store.live, created_at=NINE - timedelta(days=1))
    other = a_task(a_case("R-9", customer="nine"), name="T-3", tenant=store.live)
    store.ledger.commit([Write(None, each) for each in (late, early, other)])

    assert store.ledger.tasks_of(store.live, case.customer_id) == (early, late)
    assert store.ledger.tasks_of(store.test, case.customer_id) == ()
