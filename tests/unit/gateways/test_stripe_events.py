"""Stripe's objects become facts, in today's shapes and in older ones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidError
from chalicelib.gateways.stripe_events import of_event, parse_event
from chalicelib.ports.payments import ProviderPayment, ProviderState
from tests.builders import TEST, customer_id, eur
from tests.unit.gateways.mangling import junk, mangle
from tests.unit.gateways.stripe_facts import fact, known
from tests.unit.gateways.stripe_payloads import (
    AT,
    COMMUNICATION,
    INVOICES,
    METADATA,
    charge,
    event,
    intent,
    old_intent,
    session,
)

DECLINED = {
    "code": "card_declined",
    "decline_code": "insufficient_funds",
    "payment_method": {"type": "card"},
}


def test_a_succeeded_payment():
    assert known("payment_intent.succeeded", intent("succeeded")) == ProviderPayment(
        tenant=TEST,
        customer_id=customer_id(),
        provider_reference="pi_1",
        amount=eur(119000),
        state=ProviderState.SUCCEEDED,
        at=AT,
        event_id="evt_1",
        event_type="payment_intent.succeeded",
        named=INVOICES,
        communication_id=COMMUNICATION,
    )


@pytest.mark.parametrize("shape", [intent, old_intent])
@pytest.mark.parametrize(
    ("kind", "status", "error", "state", "failure"),
    [
        ("succeeded", "succeeded", None, ProviderState.SUCCEEDED, None),
        ("processing", "processing", None, ProviderState.PROCESSING, None),
        (
            "payment_failed",
            "requires_payment_method",
            DECLINED,
            ProviderState.FAILED,
            "insufficient_funds",
        ),
        ("canceled", "canceled", None, ProviderState.FAILED, "unknown"),
    ],
)
def test_the_state_is_the_objects(
    shape: Any, kind: str, status: str, error: Any, state: ProviderState, failure: str | None
):
    found = known(f"payment_intent.{kind}", shape(status, last_payment_error=error))
    assert (found.state, found.failure, found.amount) == (state, failure, eur(119000))
    assert (found.refunded, found.disputed, found.dispute) == (
        0 if shape is old_intent and state is ProviderState.SUCCEEDED else None,
        None,
        None,
    )


def test_what_was_received_counts_not_what_was_asked_for():
    found = known("payment_intent.succeeded", intent("succeeded", amount_received=100))
    assert found.amount == eur(100)


def test_an_event_that_comes_late_still_tells_of_the_object_it_shows():
    found = known("payment_intent.processing", intent("succeeded"))
    assert found.state is ProviderState.SUCCEEDED


def test_an_expanded_charge_says_what_was_refunded_and_how_it_was_paid():
    shown = charge(amount_refunded=19000, payment_method_details={"type": "sepa_debit"})
    found = known("payment_intent.succeeded", intent("succeeded", latest_charge=shown))
    assert (found.refunded, found.method) == (19000, "other")


@pytest.mark.parametrize("status", ["requires_action", "requires_confirmation", "requires_capture"])
def test_what_is_neither_paid_nor_failed_says_nothing(status: str):
    assert fact("payment_intent.processing", intent(status)) is None


@pytest.mark.parametrize(
    ("kind", "payment_status", "state", "method"),
    [
        ("completed", "paid", ProviderState.SUCCEEDED, "card"),
        ("completed", "unpaid", ProviderState.PROCESSING, "other"),
        ("async_payment_succeeded", "paid", ProviderState.SUCCEEDED, "other"),
        ("async_payment_failed", "unpaid", ProviderState.FAILED, "other"),
    ],
)
def test_a_checkout_says_where_its_payment_stands(
    kind: str, payment_status: str, state: ProviderState, method: str
):
    found = known(f"checkout.session.{kind}", session(payment_status))
    assert (found.provider_reference, found.state, found.method) == ("pi_1", state, method)
    assert (found.amount, found.named) == (eur(119000), INVOICES)


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": "subscription"},
        {"mode": "setup"},
        {"payment_intent": None},
        {"payment_status": "no_payment_required"},
        {"metadata": {}},
        {"metadata": None},
    ],
)
def test_a_checkout_without_a_payment_of_ours_says_nothing(facts: dict[str, Any]):
    assert fact("checkout.session.completed", {**session("paid"), **facts}) is None


def test_an_expanded_intent_in_a_checkout_tells_more():
    shown = session("paid", payment_intent=intent("succeeded", latest_charge=charge()))
    assert known("checkout.session.completed", shown).refunded == 0


@pytest.mark.parametrize("old", [True, False])
def test_a_refund_is_what_the_charge_gave_back_in_all(*, old: bool):
    refunds = {"refunds": {"object": "list", "data": [{"id": "re_1", "amount": 500}]}}
    shown = charge(amount_refunded=500, **(refunds if old else {}))
    found = known("charge.refunded", shown)
    assert (found.provider_reference, found.refunded, found.amount) == ("pi_1", 500, eur(119000))
    assert found.state is ProviderState.SUCCEEDED


def test_more_given_back_than_paid_is_no_news_of_stripe():
    too_much = charge(amount_refunded=119001)
    with pytest.raises(InvalidError):
        fact("charge.refunded", too_much)
    with pytest.raises(InvalidError):
        fact("payment_intent.succeeded", intent("succeeded", latest_charge=too_much))
    assert known("charge.refunded", charge(amount_refunded=119000)).refunded == 119000


def test_a_charge_without_an_intent_is_not_ours():
    assert fact("charge.refunded", charge(payment_intent=None)) is None
    assert fact("charge.refunded", charge(payment_intent={"object": "payment_intent"})) is None


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"order": "6735"},
        {**METADATA, "dunlin_mode": "production"},
        {**METADATA, "dunlin_customer": "cus_stripe"},
        {**METADATA, "dunlin_creditor": ""},
    ],
)
def test_what_does_not_carry_our_metadata_is_not_ours(metadata: dict[str, str]):
    assert fact("payment_intent.succeeded", intent("succeeded", metadata=metadata)) is None


def test_ids_of_others_in_our_metadata_are_left_out():
    metadata = {
        **METADATA,
        "dunlin_invoices": f"in_x,{INVOICES[0]},",
        "dunlin_communication": "cm_",
    }
    found = known("payment_intent.succeeded", intent("succeeded", metadata=metadata))
    assert (found.named, found.communication_id) == ((INVOICES[0],), None)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b"\xff", b"1", b"{}", b'{"id": "evt_1"}', b"[" * 100_000],
)
def test_what_is_no_event_is_invalid(payload: bytes):
    with pytest.raises(InvalidError):
        parse_event(payload)


def test_thin_events_say_nothing():
    assert parse_event(b'{"object": "v2.core.event", "id": "evt_test_1"}') is None


@given(
    path=st.lists(st.integers(0, 30), min_size=1, max_size=7),
    replacement=junk,
    which=st.sampled_from(
        [
            event("payment_intent.succeeded", old_intent("succeeded")),
            event("payment_intent.payment_failed", intent("requires_payment_method")),
            event(
                "checkout.session.completed", session("paid", payment_intent=intent("processing"))
            ),
            event("charge.refunded", charge(amount_refunded=5)),
        ]
    ),
)
def test_a_mangled_event_is_read_or_invalid(path: list[int], replacement: Any, which: Any):
    mangled = json.loads(json.dumps(which))
    mangle(mangled, path, replacement)
    try:
        parsed = parse_event(json.dumps(mangled).encode())
        found = of_event(parsed) if parsed else None
    except InvalidError:
        return
    assert found is None or found.amount.amount >= 0
