"""Events are derived from committed changes; the same changes give the same events."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import CaseStatus
from chalicelib.ports.storage import Cursor
from chalicelib.services.project_changes import CommittedChange, project_changes
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
