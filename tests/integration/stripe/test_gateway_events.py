"""What Stripe's list of events says, through the SDK: the same as its webhooks, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.stripe_events import INTENT_EVENTS, SESSION_EVENTS
from chalicelib.gateways.stripe_payments import StripeKeys, StripePayments
from chalicelib.ports.payments import ProviderPayment, Told
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.integration.stripe.emulator import SECRET, Emulator, Receiver, soon
from tests.unit.gateways.stripe_payloads import AT, METADATA, REQUEST, dispute, event, intent
from tests.web import Request, serving

pytestmark = pytest.mark.enable_socket
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "stripe" / "webhook_events"
CARD = {"number": "4242424242424242"}
KEYS = StripeKeys({Mode.TEST: "sk_test_1", Mode.LIVE: "sk_live_1"}, (SECRET,))
HOUR = timedelta(hours=1)
SOME_DAY = WallClock().now() + timedelta(days=1)


def payments(url: str, keys: StripeKeys = KEYS) -> StripePayments:
    return StripePayments(
        lambda creditor_id: keys if creditor_id == CREDITOR_ID else None, WallClock(), api_base=url
    )


def everything(stripe: StripePayments, tenant: Tenant = TEST) -> Told:
    now = WallClock().now()
    found = stripe.events_since(tenant, now - HOUR, now + HOUR, deadline=SOME_DAY)
    assert found is not None
    return found


def test_the_list_says_what_the_webhooks_say(emulator: Emulator, receiver: Receiver):
    stripe = payments(emulator.url)
    emulator.pay(stripe.start_checkout(REQUEST).id, **CARD)
    emulator.pay(stripe.start_checkout(replace(REQUEST, idempotency_key="2")).id, method="debit")
    paid = receiver.wait_for("payment_intent.succeeded").data.object.id
    client = emulator.client("sk_test_1")
    client.v1.refunds.create(params={"payment_intent": paid, "amount": 200})
    client.v1.refunds.create(params={"payment_intent": paid, "amount": 300})
    charge = client.v1.payment_intents.retrieve(paid).latest_charge
    emulator.post(f"/_emulator/charges/{charge}/dispute")
    receiver.wait_for("charge.refunded", times=2)
    receiver.wait_for("charge.dispute.created")
    receiver.wait_for("payment_intent.processing")
    heard: dict[str, ProviderPayment] = {}
    for _, body, signature in receiver.got:
        fact = stripe.read_event(CREDITOR_ID, body, signature, WallClock().now())
        if fact:
            heard[fact.event_id] = replace(fact, asked_at=None)
    told = everything(stripe)
    assert {fact.event_id: replace(fact, asked_at=None) for fact in told.facts} == heard
    assert [fact.at for fact in told.facts] == sorted(fact.at for fact in told.facts)
    assert told.unreadable == ()


def test_it_says_so_also_while_no_webhook_comes(emulator: Emulator, receiver: Receiver):
    stripe = payments(emulator.url)
    emulator.post("/_emulator/settings", webhooks="off")
    emulator.pay(stripe.start_checkout(REQUEST).id, **CARD)
    soon(lambda: len(everything(stripe).facts) == 2, "the payment in the list")
    assert receiver.got == []


def test_a_page_of_more_than_a_hundred_events_is_read_in_parts(emulator: Emulator):
    stripe = payments(emulator.url)
    for number in range(60):
        emulator.pay(
            stripe.start_checkout(replace(REQUEST, idempotency_key=f"{number}")).id, **CARD
        )
    after = WallClock().now() - HOUR
    until, found = WallClock().now() + HOUR, []
    while after < until:
        told = stripe.events_since(TEST, after, until, deadline=SOME_DAY)
        assert told is not None
        assert after < told.until <= until.replace(microsecond=0) + timedelta(seconds=1)
        found += told.facts
        after = told.until if told.until < until.replace(microsecond=0) else until
    assert len(found) == len({fact.event_id for fact in found}) == 120
    assert len({fact.provider_reference for fact in found}) == 60


def test_another_account_says_nothing_of_ours(emulator: Emulator):
    emulator.pay(payments(emulator.url).start_checkout(REQUEST).id, **CARD)
    other = StripeKeys({Mode.TEST: "sk_test_2"}, (SECRET,))
    assert everything(payments(emulator.url, other)).facts == ()


def test_who_has_no_account_is_told_apart_from_who_is_silent(emulator: Emulator):
    now = WallClock().now()
    none = payments(emulator.url, StripeKeys({}, (SECRET,)))
    assert none.events_since(TEST, now - HOUR, now, deadline=SOME_DAY) is None
    stranger = replace(TEST, creditor_id="cr_other")
    assert payments(emulator.url).events_since(stranger, now - HOUR, now, deadline=SOME_DAY) is None
    emulator.post("/_emulator/settings", api="down")
    with pytest.raises(PaymentUnavailableError):
        payments(emulator.url).events_since(TEST, now - HOUR, now, deadline=SOME_DAY)


Answer = Callable[[Request], tuple[int, Any]]


def listed(*events: Any, tenant: Tenant = TEST) -> Told:
    """Return what is made of a list that holds these events."""

    def answer(_: Request) -> tuple[int, bytes]:
        return 200, json.dumps({"object": "list", "data": list(events), "has_more": False}).encode()

    with serving(answer) as url:
        found = payments(url).events_since(tenant, AT - HOUR, AT + HOUR, deadline=SOME_DAY)
    assert found is not None
    return found


def test_money_of_the_other_kind_is_not_believed():
    live = {**METADATA, "dunlin_mode": "live"}
    ours = event("payment_intent.succeeded", intent("succeeded"))
    assert len(listed(ours).facts) == 1
    assert listed({**ours, "livemode": True}).facts == ()
    forged = event("payment_intent.succeeded", intent("succeeded", metadata=live))
    assert listed(forged).facts == ()
    assert listed(forged, tenant=LIVE).facts == ()
    assert len(listed({**forged, "livemode": True}, tenant=LIVE).facts) == 1


def test_another_creditors_payment_at_the_same_account_is_not_ours():
    foreign = intent("succeeded", metadata={**METADATA, "dunlin_creditor": "cr_other"})
    assert listed(event("payment_intent.succeeded", foreign)).facts == ()


def test_events_of_other_kinds_say_nothing():
    told = listed(event("invoice.paid", {"id": "in_1", "metadata": METADATA}))
    assert (told.facts, told.unreadable) == ((), ())


def test_what_nobody_can_read_is_named_and_the_rest_is_read():
    odd = event("payment_intent.succeeded", intent("succeeded", amount="many"), id="evt_odd")
    shapeless = {"id": "evt_shapeless"}
    told = listed(event("payment_intent.succeeded", intent("succeeded")), odd, shapeless)
    assert [fact.event_id for fact in told.facts] == ["evt_1"]
    assert told.unreadable == ("evt_shapeless", "evt_odd")


@pytest.mark.parametrize("metadata", [{}, {**METADATA, "dunlin_creditor": "cr_other"}])
def test_what_nobody_can_read_and_is_visibly_not_ours_is_left_alone(metadata: dict[str, str]):
    shown = intent("succeeded", amount="many", metadata=metadata)
    assert listed(event("payment_intent.succeeded", shown)).unreadable == ()


def test_a_dispute_shows_no_owner_so_it_counts():
    odd = event("charge.dispute.created", {**dispute("needs_response"), "amount": "many"})
    assert listed({**odd, "data": {"object": {**odd["data"]["object"], "metadata": {}}}}).unreadable


Page = list[dict[str, Any]]


def at(second: int, identifier: str, **facts: Any) -> dict[str, Any]:
    """Return an event about a dispute, which is asked about."""
    return event(
        "charge.dispute.created",
        dispute("needs_response", **facts),
        id=identifier,
        created=int(AT.timestamp()) + second,
    )


def read(
    page: Page, url_of: Callable[[Request], tuple[int, Any]], **asked: Any
) -> tuple[Told | None, list[str]]:
    """Read a list with that page from a Stripe that answers so, and say what was asked about."""
    asked_about: list[str] = []

    def answer(request: Request) -> tuple[int, Any]:
        if request.path.startswith("/v1/events"):
            return 200, json.dumps({"data": page[::-1], "has_more": False}).encode()
        asked_about.append(request.path)
        return url_of(request)

    with serving(answer) as url:
        told = payments(url).events_since(TEST, AT, AT + HOUR, **{"deadline": SOME_DAY, **asked})
    return told, asked_about


def missing(_: Request) -> tuple[int, bytes]:
    return 404, json.dumps(
        {"error": {"code": "resource_missing", "type": "invalid_request_error"}}
    ).encode()


def refused(_: Request) -> tuple[int, bytes]:
    return 403, json.dumps({"error": {"type": "invalid_request_error"}}).encode()


def test_when_the_time_is_up_a_second_that_was_begun_is_read_to_its_end():
    """Else a second with much to ask about would never be passed."""
    page = [at(0, "evt_1"), at(0, "evt_2"), at(7, "evt_3"), at(9, "evt_4")]
    told, asked = read(page, missing, deadline=AT)
    assert told is not None
    assert told.until == AT + timedelta(seconds=7)
    assert len(asked) == 2
    rest, asked = read(page[2:], missing)
    assert rest is not None
    assert (rest.until, len(asked)) == (AT + HOUR, 2)


def test_an_event_that_can_not_be_asked_about_ends_the_reading_before_it():
    """Else the mark would pass an event of which nobody knows what it says."""
    paid = event("payment_intent.succeeded", intent("succeeded"), created=int(AT.timestamp()))
    told, _ = read([paid, at(7, "evt_poison")], refused)
    assert told is not None
    assert [fact.event_id for fact in told.facts] == ["evt_1"]
    assert told.until == AT + timedelta(seconds=7)


def test_where_nothing_can_be_read_the_event_in_the_way_is_named_and_may_be_left_out():
    page = [at(0, "evt_poison")]
    with pytest.raises(PaymentUnavailableError, match="evt_poison"):
        read(page, refused)
    told, asked = read(page, refused, leave_out=frozenset({"evt_poison"}))
    assert (told, asked) == (Told((), AT + HOUR), [])


@pytest.mark.realdata
@pytest.mark.skipif(not RECORDED.exists(), reason="../shared/data is absent")
def test_recorded_events_are_read_from_a_list_as_from_webhooks():
    bodies = [json.loads(path.read_text()) for path in sorted(RECORDED.glob("*.json"))]
    bodies = [body for body in bodies if body["type"] in INTENT_EVENTS | SESSION_EVENTS]
    for body in bodies:
        body["data"]["object"]["metadata"] = METADATA
        body["livemode"] = False
    told = listed(*bodies)
    assert told.unreadable == ()
    kinds = {fact.event_type for fact in told.facts}
    assert {"payment_intent.succeeded", "checkout.session.completed"} <= kinds
    assert all(fact.at <= datetime.now(UTC) for fact in told.facts)
