"""A receiver that asks to be left alone is, whatever it is owed; and no event is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.delivery import ATTEMPTS, SPREAD, Delivery
from chalicelib.domain.webhook_endpoint import (
    FAILS_FOR,
    EndpointStatus,
    Failure,
    FailureReason,
    WebhookEndpoint,
)
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.webhooks import Answered
from chalicelib.services.deliver_again import deliver_again
from chalicelib.services.publish_event import Published, publish_event
from chalicelib.services.save_webhook_endpoint import (
    EndpointDraft,
    add_webhook_endpoint,
    change_webhook_endpoint,
)
from tests.deeds import OFFICE
from tests.world import World, somebody

URL = "https://billing.example.com/dunlin"
OTHER_URL = "https://other.example.com/dunlin"
ASKED = timedelta(hours=2)
BUSY = Answered(429, FailureReason.STATUS, ASKED)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    world = World("2026-03-02 08:00")
    draft = EndpointDraft(URL, ("invoice.created",))
    add_webhook_endpoint(world.ports, world.tenant, OFFICE, draft)
    world.webhooks.always(URL, BUSY)
    return world


def endpoint(world: World) -> WebhookEndpoint:
    [found] = world.endpoints.all(world.tenant)
    return found


def attempt(world: World, *messages: dict[str, str]) -> list[Published]:
    """Hand out messages, or what the queue has."""
    wanted = messages or world.queues.drain("webhook")
    return [publish_event(world.ports, each, body_of).published for each in wanted]


def post(world: World, number: int) -> list[Published]:
    """Tell of one more invoice, and return what became of that."""
    world.post(f"R-{number}", due="2026-05-20", customer=somebody(f"c{number}"))
    world._project()
    return attempt(world)


def message_of(delivery: Delivery) -> dict[str, str]:
    return {
        "tenant": delivery.tenant.key,
        "endpoint": delivery.endpoint_id,
        "event": delivery.event_id,
    }


def test_it_is_called_by_nothing_else_meanwhile(world: World):
    began = world.clock.now()
    assert post(world, 0) == [Published.FAILED]
    for number in range(1, 60):
        world.clock.advance(MINUTE)
        assert post(world, number) == [Published.PUT_OFF]

    assert len(world.webhooks.posts) == 1
    called, *others = sorted(world.endpoints.owed(), key=lambda each: -each.attempts)
    for each in (called, *others):
        assert began + ASKED <= each.due_at <= began + ASKED * (1 + SPREAD)
    assert {each.attempts for each in others} == {0}


def test_when_it_is_over_everything_comes(world: World):
    for number in range(3):
        post(world, number)
    world.webhooks.always(URL, Answered(200))
    world.clock.advance(ASKED)
    world.until(world.clock.now() + timedelta(hours=1))

    assert world.endpoints.owed() == []
    assert len(world.webhooks.posts) == 1 + 3
    assert endpoint(world).paused_until is None


def test_what_is_asked_for_waits_as_well(world: World):
    post(world, 1)
    [owed] = world.endpoints.owed()
    deliver_again(world.ports, world.tenant, owed.endpoint_id, owed.event_id)

    assert attempt(world) == [Published.PUT_OFF]


@pytest.mark.parametrize("pauses", [1, 8, 15])
def test_nothing_is_given_up_because_it_pauses_for_days(world: World, pauses: int):
    for number in range(2 * ATTEMPTS):
        post(world, number)
    world.webhooks.always(URL, Answered(503, FailureReason.STATUS, timedelta(hours=6)))
    world.until(world.clock.now() + pauses * timedelta(hours=6))
    world.webhooks.always(URL, Answered(200))
    world.until(world.clock.now() + timedelta(days=2))

    assert world.endpoints.owed() == []


def test_a_pause_is_six_hours_at_most_and_another_address_hasnt_asked_for_one(world: World):
    world.webhooks.always(URL, Answered(503, FailureReason.STATUS, timedelta(days=9)))
    post(world, 1)
    assert endpoint(world).paused_until == world.clock.now() + timedelta(hours=6)
    change_webhook_endpoint(
        world.ports, world.tenant, OFFICE, endpoint(world).id, {"url": OTHER_URL}
    )

    assert post(world, 2) == [Published.DELIVERED]


def test_nor_has_one_that_is_enabled_again(world: World):
    post(world, 1)
    for status in (EndpointStatus.DISABLED, EndpointStatus.ENABLED):
        fields = {"status": status}
        change_webhook_endpoint(world.ports, world.tenant, OFFICE, endpoint(world).id, fields)

    assert endpoint(world).paused_until is None


@pytest.mark.parametrize("pause", [timedelta(seconds=1), timedelta(hours=6)])
def test_nothing_waits_for_ever_for_one_that_takes_others_and_pauses_again(
    world: World, pause: timedelta
):
    post(world, 1)
    [owed] = world.endpoints.owed()
    world.endpoints.settle(owed)
    delivery = deliver_again(world.ports, world.tenant, owed.endpoint_id, owed.event_id)
    became = []
    while delivery.due_at and len(became) < 100:
        world.clock.set(delivery.due_at)
        busy = Failure(world.clock.now(), FailureReason.STATUS, 429)
        before = endpoint(world)
        paused = before.worked().failed(busy, pause=pause)
        world.endpoints.save(replace(paused, version=before.version + 1))
        became += attempt(world, message_of(delivery))
        [delivery] = world.endpoints.owed()

    assert became.count(Published.PUT_OFF) < 60
    assert became[-ATTEMPTS:] == [Published.FAILED] * (ATTEMPTS - 1) + [Published.GIVEN_UP]
    assert len(became) == became.count(Published.PUT_OFF) + ATTEMPTS
    assert len(world.webhooks.posts) == 2, "its last attempt is made"
    assert delivery.ended_at - delivery.created_at < 2 * FAILS_FOR
