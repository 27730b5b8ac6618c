"""What is owed anew while a worker is at it stays owed: a worker ends the owing that it read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.webhooks import Answered, WebhookMessage
from chalicelib.services.deliver_again import deliver_again
from chalicelib.services.publish_event import Published, publish_event
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.webhooks import FakeWebhooks
from tests.world import Crash, World

URL = "https://billing.example.com/dunlin"
DOWN = Answered(503, FailureReason.STATUS)
Deed = Callable[[], object]


class Interrupted(InMemoryLedger):
    """Lets something happen right after an event was looked up; can fail to record events."""

    after_looking: Deed | None = None
    is_full = False

    def event(self, tenant: Tenant, event_id: str) -> Event | None:
        found = super().event(tenant, event_id)
        deed, self.after_looking = self.after_looking, None
        if deed:
            deed()
        return found

    def record_events(self, events: Sequence[Event]) -> None:
        if self.is_full:
            raise Crash
        super().record_events(events)


class Attentive(FakeWebhooks):
    """Lets something happen once while an event is being posted."""

    meanwhile: Deed | None = None

    def deliver(self, url: str, message: WebhookMessage, secrets: Sequence[str]) -> Answered:
        deed, self.meanwhile = self.meanwhile, None
        if deed:
            deed()
        return super().deliver(url, message, secrets)


@pytest.fixture
def receivers() -> Attentive:
    return Attentive()


@pytest.fixture
def world(receivers: Attentive) -> World:
    world = World("2026-03-02 08:00", ledger=Interrupted(shards=2), webhooks=receivers)
    draft = EndpointDraft(URL, ("invoice.created",))
    add_webhook_endpoint(world.ports, world.tenant, Change(by="test", why="test"), draft)
    world.post("R-1", due="2026-05-20")
    return world


def attempted(world: World) -> list[Published]:
    """Work off what waits in the queue of webhooks."""
    messages = world.queues.drain("webhook")
    return [publish_event(world.ports, each, body_of).published for each in messages]


def test_an_event_that_is_recorded_while_a_worker_misses_it_comes_all_the_same(
    world: World, receivers: Attentive
):
    told, world.ledger.is_full = world._projected, True
    with pytest.raises(Crash):
        world._project()
    [owed] = world.endpoints.owed()
    world.clock.set(owed.due_at)
    where = {"tenant": world.tenant.key, "endpoint": owed.endpoint_id, "event": owed.event_id}
    world.queues.put("webhook", [where])

    def the_stream_comes_again() -> None:
        world.clock.advance(seconds=1)
        world.ledger.is_full, world._projected = False, told
        world._project()

    world.ledger.after_looking = the_stream_comes_again
    assert attempted(world) == [Published.NOTHING]
    assert attempted(world) == [Published.DELIVERED]
    assert [each.message.id for each in receivers.posts] == [owed.event_id]


@pytest.mark.parametrize("answered", [Answered(200), DOWN])
def test_what_is_asked_for_during_an_attempt_comes_once_more(
    world: World, receivers: Attentive, answered: Answered
):
    world._project()
    [owed] = world.endpoints.owed()
    receivers.script(URL, answered)

    def asked_again() -> None:
        world.clock.advance(seconds=1)
        deliver_again(world.ports, world.tenant, owed.endpoint_id, owed.event_id)

    receivers.meanwhile = asked_again
    attempted(world)
    [anew] = world.endpoints.owed()
    assert (anew.attempts, anew.created_at) == (0, world.clock.now())
    assert attempted(world) == [Published.DELIVERED]
    assert world.endpoints.owed() == []
    assert len(receivers.posts) == 2
