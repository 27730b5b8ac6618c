"""A customer's file is read on from a position, events included, and unique values are freed."""

from __future__ import annotations

import pytest

from chalicelib.domain.facts import events_of
from chalicelib.ports.filed import Unreadable, UnreadableRecordError
from chalicelib.ports.storage import Reference, TransactionTooLargeError, Write, WriteConflictError
from chalicelib.storage.table import Table
from tests.builders import (
    a_communication,
    a_credit_note,
    a_customer,
    a_dispute,
    a_payment,
    a_payment_plan,
    a_promise,
    a_service,
    a_task,
    utc,
)
from tests.contract.conftest import Store
from tests.contract.ingested import ingest, make_unreadable, next_version


def test_everything_is_read_once_in_portions_of_any_size(store: Store):
    customer, invoice, case = ingest(store)
    ingest(store, "R-2", customer="two")
    others = (
        a_payment(100, tenant=store.live),
        a_credit_note(tenant=store.live),
        a_promise(tenant=store.live),
        a_payment_plan(tenant=store.live),
        a_communication(case, tenant=store.live),
        a_task(case, tenant=store.live),
        a_dispute(tenant=store.live),
        a_service(tenant=store.live),
    )
    store.ledger.commit([Write(None, each) for each in others])
    [event] = events_of(None, customer, utc("2026-01-16"))
    store.ledger.record_events([event])

    whole = store.ledger.filed(store.live, customer.id, after=None, limit=100)
    assert {each.content.id: each.content for each in whole} == {
        each.id: each for each in (customer, invoice, case, *others, event)
    }
    for limit in (1, 3, len(whole)):
        read, after = [], None
        while some := store.ledger.filed(store.live, customer.id, after=after, limit=limit):
            assert len(some) <= limit
            read += some
            after = some[-1].position
        assert read == list(whole)


@pytest.mark.parametrize("store", ["table"], indirect=True)
def test_what_cannot_be_made_out_hides_nothing_else(store: Store, table: Table):
    customer, invoice, case = ingest(store)
    make_unreadable(table, store, customer.id, f"INVOICE#{invoice.id[-16:]}")
    found = store.ledger.filed(store.live, customer.id, after=None, limit=100)
    assert {each.content.id for each in found if not isinstance(each.content, Unreadable)} == {
        customer.id,
        case.id,
    }
    [blank] = [each for each in found if isinstance(each.content, Unreadable)]
    assert blank.position.endswith(invoice.id[-16:])
    assert blank.content == Unreadable("AttributeDeserializationError")
    with pytest.raises(UnreadableRecordError, match="AttributeDeserializationError at INVOICE#"):
        blank.made_out()


def test_nobody_has_nothing_filed(store: Store):
    customer, _, _ = ingest(store)

    assert store.ledger.filed(store.live, "cus_nobody", after=None, limit=9) == ()
    assert store.ledger.filed(store.live, a_customer("two").id, after=None, limit=9) == ()
    assert store.ledger.filed(store.test, customer.id, after=None, limit=9) == ()


def test_a_unique_value_that_is_released_may_be_taken_by_another(store: Store):
    one, two = (a_customer(name, tenant=store.live) for name in ("one", "two"))
    of_one, of_two = (Reference(store.live, "test_value", "C-1", each.id) for each in (one, two))
    store.ledger.commit([Write(None, one), Write(None, two)], [of_one])
    renamed = next_version(one, name="")

    store.ledger.commit([Write(one, renamed)], released=[of_one])

    assert store.ledger.reference(store.live, "test_value", "C-1") is None
    store.ledger.commit([], [of_two])
    assert store.ledger.reference(store.live, "test_value", "C-1") == two.id


def test_a_value_is_released_once_and_by_whom_it_belongs_to(store: Store):
    one, two = (a_customer(name, tenant=store.live) for name in ("one", "two"))
    of_one, of_two = (Reference(store.live, "test_value", "C-1", each.id) for each in (one, two))
    store.ledger.commit([Write(None, one), Write(None, two)], [of_one])

    with pytest.raises(WriteConflictError):
        store.ledger.commit([Write(two, next_version(two, name=""))], released=[of_two])
    assert store.ledger.reference(store.live, "test_value", "C-1") == one.id
    assert store.ledger.customer(store.live, two.id) == two
    store.ledger.commit([], released=[of_one])
    store.ledger.commit([], released=[of_one])


def test_what_is_released_counts_as_an_item_of_the_transaction(store: Store):
    many = [Reference(store.live, "test_value", str(each), "x") for each in range(101)]

    with pytest.raises(TransactionTooLargeError):
        store.ledger.commit([], released=many)
