"""One event, one endpoint: delivered once where nothing goes wrong, and owed until then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import ATTEMPTS
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.webhook_endpoint import (
    DisabledReason,
    EndpointStatus,
    FailureReason,
    WebhookEndpoint,
)
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.storage import Cursor
from chalicelib.ports.webhooks import Answered
from chalicelib.services.deliver_again import deliver_again
from chalicelib.services.publish_event import Published, publish_event
from chalicelib.services.remove_webhook_endpoint import remove_webhook_endpoint
from chalicelib.services.save_webhook_endpoint import (
    EndpointDraft,
    add_webhook_endpoint,
    change_webhook_endpoint,
    load_endpoint,
)
from chalicelib.services.work_off import TRIES
from tests.builders import CREDITOR_ID
from tests.world import World

OFFICE = Change(by="api_key:office", why="by hand")
URL = "https://billing.example.com/dunlin"
DOWN = Answered(503, FailureReason.STATUS)


@pytest.fixture
def world() -> World:
    return World("2026-03-02 08:00")


def endpoint(world: World, *events: str, url: str = URL, **facts: Tenant) -> WebhookEndpoint:
    """Register an endpoint, and let its own events be over."""
    draft = EndpointDraft(url, events or ("invoice.created",))
    tenant = facts.get("tenant", world.tenant)
    made = add_webhook_endpoint(world.ports, tenant, OFFICE, draft).endpoint
    world.work()
    world.webhooks.posts.clear()
    return made


def posted(world: World) -> list[str]:
    """Return the types of what receivers got."""
    ids = [each.message.id for each in world.webhooks.posts]
    events = [world.ledger.event(world.tenant, each) for each in ids]
    return [event.type for event in events if event]


def test_a_committed_change_reaches_the_endpoints_that_want_it_once(world: World):
    endpoint(world, "invoice.created")
    endpoint(world, "*", url="https://other.example.com/")
    world.post("R-1", due="2026-03-20")
    world.work()

    [only] = [each for each in world.webhooks.posts if each.url == URL]
    assert world.ledger.event(world.tenant, only.message.id).type == "invoice.created"
    others = [each.message.id for each in world.webhooks.posts if each.url != URL]
    feed = world.ledger.events_page(world.tenant, Cursor(100)).data
    assert sorted(others) == sorted({each.id for each in feed if each.customer_id})
    assert world.endpoints.owed() == []


def test_the_same_changes_again_find_a_receiver_that_knows_the_id(world: World):
    endpoint(world)
    world.post("R-1", due="2026-03-20")
    world.work()
    world._projected = 0
    world.work()

    assert len({each.message.id for each in world.webhooks.posts}) == 1


def test_another_tenants_endpoint_gets_nothing(world: World):
    endpoint(world, "*", tenant=Tenant(CREDITOR_ID, Mode.TEST))
    endpoint(world, "*", tenant=Tenant("cr_" + "D" * 16, Mode.LIVE))
    world.post("R-1", due="2026-03-20")
    world.work()

    assert world.webhooks.posts == []


def test_what_fails_is_tried_again_when_it_is_due_until_it_is_taken(world: World):
    endpoint(world)
    world.webhooks.script(URL, DOWN, Answered(failure=FailureReason.TIMEOUT))
    world.post("R-1", due="2026-03-20")
    world.work()
    assert [each.attempts for each in world.endpoints.owed()] == [1]
    world.sweep()
    assert len(world.webhooks.posts) == 1
    world.until(world.clock.now() + timedelta(minutes=10))

    assert posted(world) == ["invoice.created"] * 3
    assert world.endpoints.owed() == []


def test_the_endpoint_says_what_failed_last_and_since_when(world: World):
    made = endpoint(world)
    world.webhooks.script(URL, DOWN)
    world.post("R-1", due="2026-03-20")
    world.work()
    failing = load_endpoint(world.ports, world.tenant, made.id)
    assert (failing.last_failure.status, failing.last_failure.reason) == (503, "http_status")
    assert failing.failing_since == world.clock.now()
    world.until(world.clock.now() + timedelta(minutes=3))

    assert load_endpoint(world.ports, world.tenant, made.id).failing_since is None


def test_after_its_last_attempt_it_is_given_up_and_stays_visible(world: World):
    made = endpoint(world)
    world.webhooks.always(URL, DOWN)
    world.post("R-1", due="2026-05-20")
    world.work()
    world.days(4)

    [owed] = world.endpoints.deliveries_page(world.tenant, made.id, Cursor(10)).data
    assert (owed.attempts, owed.due_at) == (ATTEMPTS, None)
    assert len(world.webhooks.posts) == ATTEMPTS
    assert load_endpoint(world.ports, world.tenant, made.id).is_enabled


def test_an_endpoint_that_takes_nothing_for_five_days_is_disabled_with_an_event(world: World):
    made = endpoint(world, "*")
    world.webhooks.always(URL, DOWN)
    for day in range(7):
        world.post(f"R-{day}", due="2026-05-20")
        world.days(1)

    ended = load_endpoint(world.ports, world.tenant, made.id)
    assert (ended.is_enabled, ended.disabled_reason) == (False, DisabledReason.FAILING)
    told = world.ledger.events_page(world.tenant, Cursor(10), of_type="webhook_endpoint.disabled")
    [event] = told.data
    assert (event.object_id, event.data) == (made.id, {"reason": "failing"})
    world.days(4)
    assert [each for each in world.endpoints.owed() if each.due_at] == []
    attempts = len(world.webhooks.posts)
    world.post("R-9", due="2026-05-20")
    world.days(1)
    assert len(world.webhooks.posts) == attempts


def test_whoever_is_gone_is_disabled_at_once(world: World):
    made = endpoint(world)
    world.webhooks.script(URL, Answered(410, FailureReason.STATUS))
    world.post("R-1", due="2026-03-20")
    world.work()

    gone = load_endpoint(world.ports, world.tenant, made.id)
    assert (gone.is_enabled, gone.disabled_reason) == (False, DisabledReason.GONE)


def test_what_was_given_up_comes_again_when_it_is_asked_for(world: World):
    made = endpoint(world)
    world.webhooks.script(URL, Answered(410, FailureReason.STATUS))
    world.post("R-1", due="2026-03-20")
    world.work()
    world.days(1)
    [lost] = world.endpoints.owed()
    enabled = {"status": EndpointStatus.ENABLED}
    change_webhook_endpoint(world.ports, world.tenant, OFFICE, made.id, enabled)
    deliver_again(world.ports, world.tenant, made.id, lost.event_id)
    world.work()

    assert posted(world) == ["invoice.created"] * 2
    assert world.endpoints.owed() == []


def test_what_a_removed_endpoint_was_owed_is_dropped(world: World):
    made = endpoint(world)
    world.webhooks.script(URL, DOWN)
    world.post("R-1", due="2026-03-20")
    world.work()
    remove_webhook_endpoint(world.ports, world.tenant, OFFICE, made.id)
    world.days(1)

    assert world.endpoints.owed() == []
    assert len(world.webhooks.posts) == 1


def test_a_message_that_got_lost_is_made_up_for_by_the_sweep(world: World):
    endpoint(world)
    world.post("R-1", due="2026-03-20")
    world._project()
    assert len(world.queues.drain("webhook")) == 1
    world.until(world.clock.now() + timedelta(minutes=20))

    assert posted(world) == ["invoice.created"]


def test_a_message_that_comes_twice_finds_nothing_to_do(world: World):
    endpoint(world)
    world.post("R-1", due="2026-03-20")
    world._project()
    [message] = world.queues.drain("webhook")
    outcomes = [publish_event(world.ports, message, body_of).published for _ in range(2)]

    assert outcomes == [Published.DELIVERED, Published.NOTHING]
    assert len(world.webhooks.posts) == 1


def test_the_last_try_of_a_message_counts_as_failed_before_it_begins(world: World):
    """A worker that dies of it says nothing; so the delivery waits, and isn't tried for ever."""
    endpoint(world)
    world.post("R-1", due="2026-03-20")
    world._project()
    [message] = world.queues.drain("webhook")

    def dies(_event: object) -> str:
        raise MemoryError

    for tries in range(1, TRIES + 1):
        with pytest.raises(MemoryError):
            publish_event(world.ports, message, dies, tries)
    [owed] = world.endpoints.owed()
    assert (owed.attempts, owed.last_failure.reason) == (1, FailureReason.SILENCE)
    assert owed.due_at > world.clock.now()


def test_events_of_what_is_set_up_are_told_too(world: World):
    endpoint(world, "webhook_endpoint.created")
    endpoint(world, "invoice.paid", url="https://other.example.com/")
    world.work()
    kinds = {each.type for each in world.ledger.configured}
    assert "webhook_endpoint.created" in kinds
    made = endpoint(world, "*", url="https://third.example.com/")
    change_webhook_endpoint(world.ports, world.tenant, OFFICE, made.id, {"description": "x"})
    world.work()

    assert [each.url for each in world.webhooks.posts] == ["https://third.example.com/"]
    assert posted(world) == ["webhook_endpoint.updated"]
