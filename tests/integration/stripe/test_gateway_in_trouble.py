"""The Stripe adapter against a server that refuses, breaks, or says what only old accounts say."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidError, PaymentUnavailableError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from local.ports import free_port
from tests.builders import CREDITOR_ID, TEST
from tests.unit.gateways.stripe_payloads import (
    REQUEST,
    SIGNED_AT,
    charge,
    dispute,
    event,
    intent,
    signed,
)
from tests.web import Request, serving

pytestmark = pytest.mark.enable_socket


class Server:
    """Stands where Stripe would, and answers every request as the test says."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.answer: Callable[[str], tuple[int, Any]] = lambda _: (500, {})

    def take(self, request: Request) -> tuple[int, bytes]:
        self.asked.append(request.path)
        status, body = self.answer(request.path)
        return status, json.dumps(body).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    standing = Server()
    with serving(standing.take) as standing.url:
        yield standing


def payments(url: str) -> StripePayments:
    keys = StripeKeys({Mode.TEST: "sk_test_1"}, ("whsec_new",))
    return StripePayments(lambda _: keys, WallClock(), api_base=url)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 429, 500, 503])
def test_whatever_stripe_refuses_is_unavailable(server: Server, status: int):
    server.answer = lambda _: (status, {"error": {"type": "api_error", "message": "no"}})
    with pytest.raises(PaymentUnavailableError):
        payments(server.url).look(TEST, "cs_1")
    with pytest.raises(PaymentUnavailableError):
        payments(server.url).start_checkout(REQUEST)
    assert len(server.asked) <= 4


def test_an_amount_that_stripe_does_not_take_is_the_customers_to_change(server: Server):
    error = {"type": "invalid_request_error", "code": "amount_too_small", "message": "0.50"}
    server.answer = lambda _: (400, {"error": error})
    with pytest.raises(InvalidError):
        payments(server.url).start_checkout(REQUEST)


def test_a_checkout_that_stripe_does_not_know_was_not_paid(server: Server):
    error = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such"}
    server.answer = lambda _: (404, {"error": error})
    assert payments(server.url).look(TEST, "cs_1") is None


def test_nobody_there_is_unavailable():
    with pytest.raises(PaymentUnavailableError):
        payments(f"http://127.0.0.1:{free_port()}").look(TEST, "cs_1")


def test_an_older_dispute_without_its_intent_is_traced_by_its_charge(server: Server):
    def answer(path: str) -> tuple[int, Any]:
        if path.startswith("/v1/charges/ch_1"):
            return 200, charge(metadata={})
        if path.startswith("/v1/payment_intents/pi_1"):
            return 200, intent("succeeded", latest_charge=charge())
        return 200, {"object": "list", "data": [dispute("lost", payment_intent=None)]}

    server.answer = answer
    body = json.dumps(event("charge.dispute.closed", dispute("lost", payment_intent=None))).encode()
    fact = payments(server.url).read_event(CREDITOR_ID, body, signed(body), SIGNED_AT)
    assert fact is not None
    assert (fact.provider_reference, fact.disputed, fact.refunded) == ("pi_1", 119000, 0)


def test_a_dispute_of_a_payment_that_is_not_ours_says_nothing(server: Server):
    server.answer = lambda _: (200, intent("succeeded", metadata={}))
    body = json.dumps(event("charge.dispute.created", dispute("needs_response"))).encode()
    found = payments(server.url).read_event(CREDITOR_ID, body, signed(body), SIGNED_AT)
    assert found is None


def test_a_dispute_that_cannot_be_looked_up_is_told_again_later(server: Server):
    body = json.dumps(event("charge.dispute.created", dispute("needs_response"))).encode()
    with pytest.raises(PaymentUnavailableError):
        payments(server.url).read_event(CREDITOR_ID, body, signed(body), SIGNED_AT)
