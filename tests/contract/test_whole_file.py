"""The whole file of a customer has all that is stored of them, once, and nothing of others."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.facts import events_of
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.storage import Write
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
from tests.contract.ingested import ingest, next_version


def test_nobody_has_no_file(store: Store):
    assert store.ledger.whole_file(store.live, a_customer().id) is None
    assert store.ledger.whole_file(store.live, "cus_nobody") is None


def test_everything_of_a_customer_is_in_it(store: Store):
    customer, invoice, case = ingest(store)
    ingest(store, "R-2", customer="two")
    payment = a_payment(100, tenant=store.live)
    note = a_credit_note(tenant=store.live)
    promise = a_promise(tenant=store.live)
    plan = a_payment_plan(tenant=store.live)
    sent = a_communication(case, tenant=store.live)
    task = a_task(case, tenant=store.live)
    dispute, service = a_dispute(tenant=store.live), a_service(tenant=store.live)
    written = (payment, note, promise, plan, sent, task, dispute, service)
    store.ledger.commit([Write(None, each) for each in written])
    store.ledger.record_events(events_of(None, customer, utc("2026-01-16")))

    assert store.ledger.whole_file(store.live, customer.id) == WholeFile(
        customer=customer,
        cases=(case,),
        invoices=(invoice,),
        payments=(payment,),
        credit_notes=(note,),
        promises=(promise,),
        payment_plans=(plan,),
        communications=(sent,),
        tasks=(task,),
        disputes=(dispute,),
        services=(service,),
        told=frozenset({("customer.created", customer.id)}),
    )
    assert store.ledger.whole_file(store.test, customer.id) is None


def test_a_finished_case_is_in_it_as_it_stands_now(store: Store):
    customer, _, case = ingest(store)
    finished = next_version(case, status=CaseStatus.CLOSED, due_at=None, channel=None)
    store.ledger.commit([Write(case, finished)])

    file = store.ledger.whole_file(store.live, customer.id)

    assert file
    assert file.cases == (finished,)


def test_of_some_events_those_that_were_told_are_known_by_their_ids(store: Store):
    customer, invoice, _ = ingest(store)
    at = utc("2026-01-16")
    told, untold = (events_of(None, record, at)[0] for record in (customer, invoice))
    store.ledger.record_events([told])

    assert store.ledger.told([told, untold]) == {told.id}
    assert store.ledger.told([replace(told, tenant=store.test)]) == frozenset()
    assert store.ledger.told([]) == frozenset()
