"""A reference names one target: who asks for a taken one is told whose it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.ports.storage import Reference, ReferenceTakenError, Write
from tests.builders import an_invoice, customer_id
from tests.contract.conftest import Store
from tests.contract.ingested import ingest, next_version


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


def test_a_shared_reference_leads_to_all_who_share_it(store: Store):
    one, two = (
        Reference(store.live, "phone", "f", customer_id(name), shared=True) for name in ("a", "b")
    )
    unique = Reference(store.live, "phone", "other", customer_id("c"))
    store.ledger.commit([], [one, unique])
    store.ledger.commit([], [one, two])
    assert store.ledger.sharing(store.live, "phone", "f") == tuple(
        sorted(each.target for each in (one, two))
    )
    assert store.ledger.sharing(store.test, "phone", "f") == ()
    assert store.ledger.reference(store.live, "phone", "f") is None

    store.ledger.commit([], released=[one])
    store.ledger.commit([], released=[one])
    assert store.ledger.sharing(store.live, "phone", "f") == (two.target,)
