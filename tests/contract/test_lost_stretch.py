"""The mark of a stretch that was lost stands beside the records and needs none of them."""

from __future__ import annotations

import pytest

from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.storage.table import Table
from chalicelib.storage.working_file import LOST_STRETCH
from tests.builders import utc
from tests.contract.conftest import Store
from tests.contract.ingested import damage, ingest

LOST = LostStretch(utc("2026-03-10"), utc("2026-03-20"))


def test_the_file_says_what_was_lost_until_it_was_lived_through(store: Store):
    customer, _, case = ingest(store)
    other, _, _ = ingest(store, "R-2", customer="two")
    store.ledger.mark_lost(store.live, customer.id, LOST)

    file = store.ledger.file(store.live, customer.id)
    assert file
    assert (file.customer, file.cases, file.lost) == (customer, (case,), LOST)
    for tenant, customer_id in ((store.live, other.id), (store.test, customer.id)):
        beside = store.ledger.file(tenant, customer_id)
        assert beside is None or beside.lost is None

    for _ in range(2):
        store.ledger.unmark_lost(store.live, customer.id)
        file = store.ledger.file(store.live, customer.id)
        assert file
        assert file.lost is None


def test_two_stretches_are_one_that_holds_both(store: Store):
    customer, _, _ = ingest(store)
    store.ledger.mark_lost(store.live, customer.id, LOST)
    store.ledger.mark_lost(
        store.live, customer.id, LostStretch(utc("2026-04-01"), utc("2026-04-02"))
    )

    file = store.ledger.file(store.live, customer.id)
    assert file
    assert file.lost == LostStretch(utc("2026-03-10"), utc("2026-04-02"))


def test_it_is_no_record_of_the_customer(store: Store):
    customer, _, _ = ingest(store)
    before = (
        store.ledger.whole_file(store.live, customer.id),
        store.ledger.filed(store.live, customer.id, after=None, limit=3),
    )
    store.ledger.mark_lost(store.live, customer.id, LOST)

    assert before == (
        store.ledger.whole_file(store.live, customer.id),
        store.ledger.filed(store.live, customer.id, after=None, limit=3),
    )
    assert len(before[1]) == 3
    assert len(store.ledger.filed(store.live, customer.id, after=None, limit=10)) == 3


@pytest.mark.parametrize("store", ["table"], indirect=True)
@pytest.mark.parametrize("attribute", ["since", "until"])
def test_a_mark_that_cannot_be_made_out_is_put_anew(store: Store, table: Table, attribute: str):
    customer, _, _ = ingest(store)
    store.ledger.mark_lost(store.live, customer.id, LOST)
    damage(table, store, customer.id, LOST_STRETCH, attribute)

    store.ledger.mark_lost(store.live, customer.id, LOST)

    file = store.ledger.file(store.live, customer.id)
    assert file
    assert file.lost == LOST
