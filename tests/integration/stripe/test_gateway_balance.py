"""Movements and payments in every shape that Stripe's API has or had, through the SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.provider_facts import Chargeback
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import Movements, ProviderPayment, ProviderState
from tests.builders import TEST
from tests.unit.gateways.stripe_payloads import (
    AT,
    CREATED,
    METADATA,
    charge,
    dispute,
    intent,
    old_intent,
)
from tests.web import Request, serving

pytestmark = pytest.mark.enable_socket
HOUR = timedelta(hours=1)
Json = dict[str, Any]


@contextmanager
def stripe(answers: dict[str, Any]) -> Iterator[tuple[StripePayments, list[str]]]:
    """Serve bodies by path, and 404 for others; yield the gateway and what it asked for."""
    asked: list[str] = []

    def answer(request: Request) -> tuple[int, bytes]:
        asked.append(request.path)
        body = answers.get(urlsplit(request.path).path.removeprefix("/v1/"))
        missing = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
        return (200, json.dumps(body).encode()) if body else (404, json.dumps(missing).encode())

    keys = StripeKeys({Mode.TEST: "sk_test_1"})
    with serving(answer) as url:
        yield StripePayments(lambda _: keys, WallClock(), api_base=url), asked


def page(*sources: Any, has_more: bool = False) -> Json:
    """Return a list of movements with these sources, in the currency of settlement."""
    rows = [
        {
            "id": f"txn_{number}",
            "object": "balance_transaction",
            "amount": 101_523,
            "currency": "chf",
            "exchange_rate": 0.953,
            "fee": 2_930,
            "net": 98_593,
            "created": CREATED,
            "source": source,
            "type": "charge",
        }
        for number, source in enumerate(sources, 1)
    ]
    return {"object": "list", "data": rows, "has_more": has_more}


def read(*sources: Any, after: str | None = None, has_more: bool = False) -> Movements:
    listed = {"balance_transactions": page(*sources, has_more=has_more)}
    with stripe(listed) as (payments, asked):
        found = payments.movements(TEST, AT - HOUR, AT + HOUR, after)
    assert found is not None
    query = parse_qs(urlsplit(asked[0]).query)
    assert query["expand[0]"] == ["data.source"]
    assert query["created[gte]"] == [str(CREATED - 3600)]
    assert query["created[lt]"] == [str(CREATED + 3600)]
    assert query.get("starting_after") == ([after] if after else None)
    return found


def standing(reference: str = "pi_1", **answers: Any) -> ProviderPayment | None:
    bodies = {path.replace("__", "/"): body for path, body in answers.items()}
    with stripe(bodies) as (payments, _):
        return payments.standing(TEST, reference)


def listed(*rows: Json) -> Json:
    return {"object": "list", "data": list(rows), "has_more": False}


def refund(amount: int, **facts: Any) -> Json:
    moved = {"balance_transaction": "txn_9", "status": "succeeded", "charge": "ch_1"}
    return {"id": f"re_{amount}", "object": "refund", "amount": amount, **moved, **facts}


def test_what_the_customer_paid_counts_not_what_was_settled_after_fees():
    [moved] = read(charge()).data
    assert moved.fact is not None
    assert (moved.fact.amount.amount, moved.fact.amount.currency.code) == (119000, "eur")
    assert (moved.id, moved.reference) == ("txn_1", "pi_1")


@pytest.mark.parametrize(
    "source",
    [
        None,
        "po_1",
        {"id": "po_1", "object": "payout", "amount": 5},
        charge(metadata={}),
        charge(metadata=None),
        charge(metadata={**METADATA, "dunlin_creditor": "cr_other"}),
        charge(metadata={**METADATA, "dunlin_mode": "live"}),
        charge(payment_intent=None),
    ],
)
def test_the_creditor_s_other_business_is_left_out(source: Any):
    assert read(source).data == ()


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        (refund(100, payment_intent="pi_1"), "pi_1"),
        (refund(100, payment_intent={"id": "pi_1"}), "pi_1"),
        (refund(100), "ch_1"),
        (dispute("needs_response"), "pi_1"),
        (dispute("needs_response", payment_intent=None, charge={"id": "py_1"}), "py_1"),
        (charge(disputed=True), "pi_1"),
        (charge(amount_captured=70000), "pi_1"),
        ("ch_1", "ch_1"),
        ("py_1", "py_1"),
    ],
)
def test_what_a_movement_doesn_t_say_is_asked_of_the_payment(source: Any, reference: str):
    [moved] = read(source).data
    assert (moved.reference, moved.fact) == (reference, None)


def test_a_failed_debit_s_return_says_that_it_failed():
    failed = charge(status="failed", amount_captured=0, id="py_1")
    [moved] = read(failed).data
    assert moved.fact is not None
    assert moved.fact.state is ProviderState.FAILED


def test_what_nobody_can_read_is_named_and_the_rest_is_read():
    found = read(charge(amount="much"), charge())
    assert (found.unreadable, [each.id for each in found.data]) == (("txn_1",), ["txn_2"])


def test_the_next_page_begins_behind_the_last_movement_ours_or_not():
    assert read(charge(), None, after="txn_0", has_more=True).onward == "txn_2"
    assert read(charge(), None).onward is None


def test_a_page_that_begins_behind_what_stripe_doesn_t_know_can_t_be_read():
    with stripe({}) as (payments, _), pytest.raises(PaymentUnavailableError):
        payments.movements(TEST, AT - HOUR, AT + HOUR, "txn_gone")


@pytest.mark.parametrize(
    "body",
    [intent("succeeded", latest_charge=charge(amount_refunded=500)), old_intent("succeeded")],
)
def test_a_payment_stands_in_the_shape_of_today_and_of_before(body: Json):
    fact = standing(payment_intents__pi_1=body)
    assert fact is not None
    refunded = 500 if "charges" not in body else 0
    assert (fact.amount.amount, fact.refunded, fact.disputed) == (119000, refunded, 0)


def test_a_payment_is_found_by_its_charge():
    fact = standing(
        "ch_1",
        charges__ch_1=charge(),
        payment_intents__pi_1=intent("succeeded", latest_charge=charge()),
    )
    assert fact is not None
    assert fact.provider_reference == "pi_1"
    assert standing("ch_1", charges__ch_1=charge(payment_intent=None)) is None
    assert standing("ch_1") is None


def test_several_disputes_are_added_up_and_the_newest_is_named():
    fact = standing(
        payment_intents__pi_1=intent("succeeded", latest_charge=charge(disputed=True)),
        disputes=listed(
            dispute("won", id="dp_2", amount=200), dispute("lost", id="dp_1", amount=300)
        ),
    )
    assert fact is not None
    assert (fact.dispute, fact.disputed, fact.dispute_closed) == ("dp_2", 300, True)
    assert fact.chargebacks == (
        Chargeback("dp_2", 0, is_over=True),
        Chargeback("dp_1", 300, is_over=True),
    )
    assert fact.asked_at is not None
    assert fact.at == fact.asked_at.replace(microsecond=0)


@pytest.mark.parametrize("counted", [49000, 0])
def test_of_a_payment_captured_in_part_only_what_was_taken_can_be_given_back(counted: int):
    """Whether or not the charge counts what was let go as refunded: it moved no balance."""
    shown = charge(amount_captured=70000, amount_refunded=counted + 300)
    let_go = refund(49000, balance_transaction=None)
    failed = refund(400, status="failed")
    fact = standing(
        payment_intents__pi_1=intent("succeeded", amount_received=70000, latest_charge=shown),
        refunds=listed(refund(100), refund(200, status="pending"), failed, let_go),
    )
    assert fact is not None
    assert (fact.amount.amount, fact.refunded) == (70000, 300)


@pytest.mark.parametrize(
    "body",
    [
        intent("succeeded", metadata={}),
        intent("succeeded", metadata={**METADATA, "dunlin_creditor": "cr_other"}),
        intent("requires_payment_method"),
    ],
)
def test_what_isn_t_ours_or_was_never_paid_doesn_t_stand(body: Json):
    assert standing(payment_intents__pi_1=body) is None
