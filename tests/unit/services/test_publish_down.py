"""An endpoint that is down is tried once in a while; what else it is owed keeps no worker busy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import ATTEMPTS
from chalicelib.domain.webhook_endpoint import DOWN_AFTER, FAILURE_NOTED_EVERY, FailureReason
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.webhooks import Answered
from chalicelib.services.publish_event import publish_event
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.world import World, somebody

URL = "https://billing.example.com/dunlin"
HANGS = Answered(failure=FailureReason.TIMEOUT)
SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    world = World("2026-03-02 08:00")
    draft = EndpointDraft(URL, ("invoice.created",))
    add_webhook_endpoint(world.ports, world.tenant, Change(by="test", why="test"), draft)
    world.webhooks.always(URL, HANGS)
    return world


def post(world: World, number: int) -> int:
    """Tell of one more invoice, and return how many posts that made."""
    before = len(world.webhooks.posts)
    world.post(f"R-{number}", due="2026-03-20", customer=somebody(f"c{number}"))
    world._project()
    for message in world.queues.drain("webhook"):
        publish_event(world.ports, message, body_of)
    return len(world.webhooks.posts) - before


def test_an_endpoint_that_is_down_is_called_once_a_minute(world: World):
    assert post(world, 1) == 1
    world.clock.advance(DOWN_AFTER - SECOND)
    assert post(world, 2) == 1, "it may be a hiccup"
    world.clock.advance(SECOND)
    assert post(world, 3) == 0
    assert {(each.attempts, each.due_at is None) for each in world.endpoints.owed()} == {(1, False)}
    world.clock.advance(FAILURE_NOTED_EVERY)
    assert [post(world, number) for number in (4, 5)] == [1, 0]


def test_whatever_it_takes_ends_that(world: World):
    post(world, 1)
    world.clock.advance(DOWN_AFTER)
    world.webhooks.always(URL, Answered(200))
    assert [post(world, number) for number in (2, 3)] == [1, 1]


def test_the_last_attempt_is_made(world: World):
    post(world, 1)
    [delivery] = world.endpoints.owed()
    world.clock.advance(DOWN_AFTER)
    post(world, 2)
    now = world.clock.now()
    last = replace(delivery, attempts=ATTEMPTS - 1, due_at=now)
    world.endpoints.owe([last])
    before = len(world.webhooks.posts)
    message = {
        "tenant": world.tenant.key,
        "endpoint": delivery.endpoint_id,
        "event": delivery.event_id,
    }
    publish_event(world.ports, message, body_of)
    assert len(world.webhooks.posts) == before + 1
