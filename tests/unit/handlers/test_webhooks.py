"""Stripe's webhook: forged is refused, repeated has no effect, unknown is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.money import Money
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.handlers.openapi import document
from chalicelib.observability import OWN_KEYS
from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.api import OTHER_CREDITOR_ID, Api, an_invoice_body
from tests.builders import CREDITOR_ID, EUR

PATH = f"/webhooks/stripe/{CREDITOR_ID}"


def a_fact(api: Api, amount: int = 119000) -> ProviderPayment:
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    return ProviderPayment(
        tenant=Tenant(CREDITOR_ID, Mode.TEST),
        customer_id=invoice["customer"],
        provider_reference="pi_1",
        amount=Money(amount, EUR),
        state=ProviderState.SUCCEEDED,
        at=api.world.clock.now(),
        event_id="evt_1",
        event_type="payment_intent.succeeded",
        named=(invoice["id"],),
    )


def test_an_event_is_applied_once_however_often_it_comes(api: Api):
    fact = a_fact(api)
    payload, signature = api.world.payments.event(CREDITOR_ID, fact)
    sent = {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
    replies = [api.post(PATH, raw=payload, headers=sent, key="") for _ in range(3)]

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert replies[0].json == {"received": True}
    customer = api.done("GET", f"/v1/customers/{fact.customer_id}")
    assert (customer["balance"], customer["credit"]) == ({}, {})


def test_forged_events_change_nothing(api: Api):
    payload, signature = api.world.payments.event(CREDITOR_ID, a_fact(api))
    before = len(api.world.ledger.changes)
    other = f"/webhooks/stripe/{OTHER_CREDITOR_ID}"
    refused = [
        api.post(PATH, raw=payload, headers={"Stripe-Signature": "wrong"}, key=""),
        api.post(PATH, raw=payload, key=""),
        api.post(other, raw=payload, headers={"Stripe-Signature": signature}, key=""),
    ]
    nobodies = [f"/webhooks/stripe/{name}" for name in ("x", "cr_" + "x" * 3000, "cr_%20")]
    refused += [api.post(each, raw=payload, headers={"Stripe-Signature": signature}, key="")
                for each in nobodies]  # fmt: skip

    assert {reply.status for reply in refused} == {400}
    assert refused[0].json["code"] == "signature_invalid"
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert len(api.world.ledger.changes) == before


def test_a_body_that_is_too_large_says_nothing_of_which_creditors_exist(api: Api):
    huge = b"x" * (1024 * 1024 + 1)
    names = (CREDITOR_ID, OTHER_CREDITOR_ID, "cr_" + "0" * 16, "x")
    replies = [api.post(f"/webhooks/stripe/{each}", raw=huge, key="") for each in names]

    assert {reply.status for reply in replies} == {413}
    assert len({reply.json["detail"] for reply in replies}) == 1


def test_events_of_others_are_taken_and_forgotten(api: Api):
    payload, signature = api.world.payments.event(CREDITOR_ID, None)
    reply = api.post(PATH, raw=payload, headers={"Stripe-Signature": signature}, key="")

    assert (reply.status, reply.json) == (200, {"received": True})


def test_nobodys_secrets_are_looked_up_for_a_creditor_that_doesnt_exist(api: Api):
    fact = a_fact(api)
    for stranger in ("cr_" + "E" * 16, "cr_" + "C" * 15, "cr_" + "C" * 17, "cr_" + "c" * 16):
        payload, signature = api.world.payments.event(stranger, fact)
        sent = {"Stripe-Signature": signature}
        reply = api.post(f"/webhooks/stripe/{stranger}", raw=payload, headers=sent, key="")

        assert (reply.status, reply.json["code"]) == (400, "signature_invalid")
    assert api.done("GET", f"/v1/invoices/{fact.named[0]}")["status"] == "open"


def test_a_payment_of_nobody_we_know_is_taken_and_logged(api: Api, caplog: Any):
    stranger = replace(a_fact(api), customer_id="cus_" + "0" * ids.PART)
    payload, signature = api.world.payments.event(CREDITOR_ID, stranger)
    reply = api.post(PATH, raw=payload, headers={"Stripe-Signature": signature}, key="")

    assert (reply.status, reply.json) == (200, {"received": True})
    [line] = caplog.records
    assert (line.levelname, line.event, line.provider_id) == ("WARNING", "evt_1", "pi_1")
    assert {"event", "provider_id"} <= OWN_KEYS


def test_the_provider_is_told_to_come_again_while_it_cant_be_asked(api: Api):
    payload, signature = api.world.payments.event(CREDITOR_ID, a_fact(api))
    api.world.payments.down = True
    reply = api.post(PATH, raw=payload, headers={"Stripe-Signature": signature}, key="")

    assert (reply.status, reply.json["code"]) == (503, "payment_unavailable")
    answers = document()["paths"]["/webhooks/stripe/{creditor_id}"]["post"]["responses"]
    assert str(reply.status) in answers


def test_what_is_no_event_is_refused(api: Api):
    reply = api.post(PATH, raw=b"x", headers={"Stripe-Signature": "valid"}, key="")
    assert reply.status == 422
    huge = api.post(PATH, raw=b"x" * (1024 * 1024 + 1), key="")
    assert huge.status == 413


def test_a_refund_told_later_reopens(api: Api):
    fact = a_fact(api)
    refund = replace(fact, state=None, refunded=119000, event_id="evt_2",
                     event_type="charge.refunded")  # fmt: skip
    for each in (fact, refund):
        payload, signature = api.world.payments.event(CREDITOR_ID, each)
        api.post(PATH, raw=payload, headers={"Stripe-Signature": signature}, key="")

    assert api.done("GET", f"/v1/invoices/{fact.named[0]}")["status"] == "open"
