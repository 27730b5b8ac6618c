"""What can't be read is tried within bounds too, and delivered once it can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import ATTEMPTS
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import EndpointStatus, FailureReason
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Cursor
from chalicelib.services.deliver_again import deliver_again
from chalicelib.services.publish_event import Published, publish_event
from chalicelib.services.save_webhook_endpoint import (
    EndpointDraft,
    add_webhook_endpoint,
    change_webhook_endpoint,
)
from chalicelib.services.work_off import TRIES
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody

BY = Change(by="test", why="test")
URL = "https://billing.example.com/dunlin"
SWEPT_EVERY = timedelta(minutes=15)


class Damaged(InMemoryLedger):
    """A ledger that can't make out an event."""

    damaged = False

    def event(self, tenant: Tenant, event_id: str) -> Event | None:
        if self.damaged:
            raise ValueError(event_id)
        return super().event(tenant, event_id)


@pytest.fixture
def world() -> World:
    world = World("2026-03-02 08:00", ledger=Damaged(shards=2))
    draft = EndpointDraft(URL, ("invoice.created",))
    add_webhook_endpoint(world.ports, world.tenant, BY, draft)
    world.post("R-1", due="2026-05-20")
    world._project()
    return world


def handed_out(world: World, message: dict[str, str]) -> Published | None:
    """Hand a message out until it is done, as often as SQS does. None: a dead letter."""
    for tries in range(1, TRIES + 1):
        try:
            return publish_event(world.ports, message, body_of, tries).published
        except (ValueError, UnreadableRecordError):
            continue
    return None


def for_days(world: World, days: int) -> list[Published | None]:
    """Ask for what is due, as the sweep does, and return what became of each message."""
    ended, until = [], world.clock.now() + timedelta(days=days)
    ended += [handed_out(world, each) for each in world.queues.drain("webhook")]
    while due := [each for each in world.endpoints.owed() if each.due_at and each.due_at < until]:
        delivery = min(due, key=lambda each: each.due_at or until)
        world.clock.set(max(delivery.due_at or until, world.clock.now() + SWEPT_EVERY))
        if world.clock.now() >= until:
            break
        event = delivery.event_id
        where = {"tenant": world.tenant.key, "endpoint": delivery.endpoint_id, "event": event}
        ended.append(handed_out(world, where))
    return ended


def test_an_event_that_cant_be_read_is_given_up_after_the_attempts_of_any_other(world: World):
    world.ledger.damaged = True

    assert for_days(world, 6) == [None] * ATTEMPTS
    [lost] = world.endpoints.owed()
    assert (lost.attempts, lost.due_at) == (ATTEMPTS, None)
    assert lost.last_failure.reason is FailureReason.SILENCE


def test_an_endpoint_that_cant_be_read_costs_a_message_an_attempt(world: World):
    [owed] = world.endpoints.owed()
    world.endpoints.damaged.add(owed.endpoint_id)

    ended = for_days(world, 6)
    assert ended == [Published.FAILED] * (ATTEMPTS - 1) + [Published.GIVEN_UP]
    [lost] = world.endpoints.owed()
    assert (lost.attempts, lost.due_at) == (ATTEMPTS, None)


def test_its_attempt_counts_once_on_the_last_try_too(world: World):
    [owed] = world.endpoints.owed()
    world.endpoints.damaged.add(owed.endpoint_id)
    [message] = world.queues.drain("webhook")
    publish_event(world.ports, message, body_of, TRIES)

    assert [each.attempts for each in world.endpoints.owed()] == [1]


def test_it_gets_the_event_once_it_can_be_read(world: World):
    [owed] = world.endpoints.owed()
    world.endpoints.damaged.add(owed.endpoint_id)
    assert Published.DELIVERED not in for_days(world, 1)
    world.endpoints.damaged.clear()

    assert for_days(world, 2) == [Published.DELIVERED]
    assert [each.message.id for each in world.webhooks.posts] == [owed.event_id]


def told_meanwhile(world: World, *types: str) -> list[str]:
    """Let things happen while the only endpoint can't be read; return what it got in the end."""
    for_days(world, 1)
    world.webhooks.posts.clear()
    [endpoint] = world.endpoints.all(world.tenant)
    world.endpoints.damaged.add(endpoint.id)
    world.post("R-2", due="2026-05-20", customer=somebody("two"))
    world._project()
    for_days(world, 1)
    world.endpoints.damaged.clear()
    if types:
        fields = {"events": types}
        change_webhook_endpoint(world.ports, world.tenant, BY, endpoint.id, fields)
    for_days(world, 2)
    assert world.endpoints.owed() == []
    events = [world.ledger.event(world.tenant, each.message.id) for each in world.webhooks.posts]
    return sorted(event.type for event in events if event)


def test_what_happens_while_it_cant_be_read_comes_later(world: World):
    assert told_meanwhile(world) == ["invoice.created"]


def test_of_what_happened_then_it_gets_what_it_wants(world: World):
    assert told_meanwhile(world, "customer.created") == ["customer.created"]


def test_what_is_owed_to_it_is_given_up_like_any_other_once_it_is_disabled(world: World):
    for_days(world, 1)
    [endpoint] = world.endpoints.all(world.tenant)
    world.endpoints.damaged.add(endpoint.id)
    world.post("R-2", due="2026-05-20", customer=somebody("two"))
    world._project()
    world.endpoints.damaged.clear()
    fields = {"status": EndpointStatus.DISABLED}
    change_webhook_endpoint(world.ports, world.tenant, BY, endpoint.id, fields)

    assert Published.GIVEN_UP in for_days(world, 1)
    [lost] = world.endpoints.owed()
    event = world.ledger.event(world.tenant, lost.event_id)
    assert (event.type if event else None, lost.due_at) == ("invoice.created", None)
    assert lost.last_failure.reason is FailureReason.DISABLED


def test_one_that_begins_anew_is_dropped_where_its_type_isnt_wanted(world: World):
    for_days(world, 1)
    world.webhooks.posts.clear()
    [endpoint] = world.endpoints.all(world.tenant)
    world.endpoints.damaged.add(endpoint.id)
    world.post("R-2", due="2026-05-20", customer=somebody("two"))
    world._project()
    world.endpoints.damaged |= {each.event_id for each in world.endpoints.owed()}
    messages = world.queues.drain("webhook")
    assert [handed_out(world, each) for each in messages] == [None] * len(messages)
    world.endpoints.damaged.clear()
    for_days(world, 2)

    events = [world.ledger.event(world.tenant, each.message.id) for each in world.webhooks.posts]
    assert [event.type for event in events if event] == ["invoice.created"]
    assert world.endpoints.owed() == []


def test_what_is_asked_for_comes_whatever_it_wants(world: World):
    for_days(world, 1)
    [endpoint] = world.endpoints.all(world.tenant)
    feed = world.ledger.events_page(world.tenant, Cursor(100), of_type="customer.created")
    [event] = feed.data
    deliver_again(world.ports, world.tenant, endpoint.id, event.id)

    assert for_days(world, 1) == [Published.DELIVERED]


def test_a_delivery_that_cant_be_read_begins_anew_from_its_keys(world: World):
    [owed] = world.endpoints.owed()
    world.endpoints.damaged.add(owed.event_id)
    [message] = world.queues.drain("webhook")

    assert handed_out(world, message) is None
    [anew] = world.endpoints.owed()
    assert (anew.event_id, anew.attempts) == (owed.event_id, 1)
    assert anew.due_at > world.clock.now()
    assert for_days(world, 1) == [Published.DELIVERED]
    assert world.endpoints.owed() == []
