"""Events are derived from committed changes; the same changes give the same events."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import PICKED_UP_AFTER
from chalicelib.ports.storage import Cursor
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.services.replay_changes import replay_changes
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.builders import LIVE, a_case, a_claim, an_invoice, utc
from tests.world import World

AT = utc("2026-01-20 10:00")


def feed(world: World) -> list[str]:
    """Return the types of all events."""
    return sorted(event.type for event in world.ledger.events_page(LIVE, Cursor(100)).data)


def test_no_changes_and_removals_tell_nothing():
    world = World()
    project_changes(world.ports, [])
    project_changes(world.ports, [CommittedChange(a_case(), None, AT)])
    assert feed(world) == []


def test_a_change_told_twice_is_one_event():
    world = World()
    created = CommittedChange(None, an_invoice(), AT)
    for _ in range(3):
        project_changes(world.ports, [created, created])
    assert feed(world) == ["invoice.created"]


def test_a_case_that_moves_to_the_archive_is_closed_once():
    """The table tells of a removal and of a creation."""
    world = World()
    before = a_case(version=3)
    after = replace(before, status=CaseStatus.CLOSED, version=4, closed_version=4)
    project_changes(world.ports, [CommittedChange(None, after, AT)])
    project_changes(world.ports, [CommittedChange(before, None, AT)])
    assert feed(world) == ["case.closed"]


def test_a_case_that_moves_to_the_archive_later_is_closed_once():
    """With a message on its way it stays in the working file until that is settled."""
    world = World()
    before = a_case(version=3, claim=a_claim())
    closed = replace(before, status=CaseStatus.CLOSED, version=4, closed_version=4)
    settled = replace(closed, claim=None, version=5)
    project_changes(world.ports, [CommittedChange(before, closed, AT)])
    project_changes(world.ports, [CommittedChange(None, settled, AT)])
    project_changes(world.ports, [CommittedChange(closed, None, AT)])
    assert feed(world) == ["case.closed"]


def test_what_is_only_scheduled_tells_nothing():
    world = World()
    before = a_case(version=3)
    after = replace(before, due_at=AT, channel="email", version=4)
    project_changes(world.ports, [CommittedChange(before, after, AT)])
    assert feed(world) == []


class Failing:
    """A port of which one call fails as long as it is told to."""

    def __init__(self, port: Any, call: str) -> None:
        self._port, self._call = port, call
        self.fails = True

    def __getattr__(self, name: str) -> Any:
        if name == self._call and self.fails:
            raise RuntimeError(f"{name} is down")
        return getattr(self._port, name)


def told_to_an_endpoint(**ports: Any) -> World:
    """Return a world with an endpoint that wants all."""
    world = World(**ports)
    draft = EndpointDraft("https://billing.example.com/dunlin", ("*",))
    add_webhook_endpoint(world.ports, LIVE, Change(by="test", why="test"), draft)
    return world


CREATED = CommittedChange(None, an_invoice(), AT)


def test_what_is_told_again_is_owed_once():
    world = told_to_an_endpoint()
    for _ in range(7):
        project_changes(world.ports, [CREATED])
        world.work()
    kinds = [json.loads(post.message.body)["type"] for post in world.webhooks.posts]
    assert kinds.count("invoice.created") == 1


@pytest.mark.parametrize(("port", "call"), [("endpoints", "owe"), ("ledger", "record_events")])
def test_what_fails_between_owing_and_recording_is_owed_after_all(port: str, call: str):
    world = told_to_an_endpoint()
    world.work()
    world.webhooks.posts.clear()
    failing = Failing(getattr(world.ports, port), call)
    ports = replace(world.ports, **{port: failing})
    with pytest.raises(RuntimeError):
        project_changes(ports, [CREATED])
    assert "invoice.created" not in feed(world)
    failing.fails = False
    project_changes(ports, [CREATED])
    world.work()
    assert len(world.webhooks.posts) == 1
    assert feed(world).count("invoice.created") == 1


def test_what_failed_for_good_is_owed_by_a_replay():
    world = told_to_an_endpoint()
    world.work()
    world.webhooks.posts.clear()
    ports = replace(world.ports, endpoints=Failing(world.endpoints, "owe"))
    with pytest.raises(RuntimeError):
        project_changes(ports, [CREATED])
    for missing in (1, 0):
        done = replay_changes(world.ports, [CREATED], lambda _: True, dry_run=False)
        assert len(done.missing) == missing
        world.work()
    assert len(world.webhooks.posts) == 1


def test_a_queue_that_is_down_holds_up_no_change(caplog: pytest.LogCaptureFixture):
    world = told_to_an_endpoint()
    world.work()
    world.webhooks.posts.clear()
    project_changes(replace(world.ports, queues=Failing(world.queues, "put")), [CREATED])
    assert "invoice.created" in feed(world)
    [line] = caplog.records
    assert (line.levelname, line.queue, line.count) == ("ERROR", "webhook", 1)
    world.until(world.clock.now() + PICKED_UP_AFTER + timedelta(minutes=1))
    assert len(world.webhooks.posts) == 1
