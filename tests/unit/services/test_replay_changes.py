"""A replay tells what is missing, nothing twice, and nothing that wasn't committed (I8)."""

from __future__ import annotations

from chalicelib.domain.event import Event
from chalicelib.services.replay_changes import AT_ONCE, replay_changes
from tests.builders import LIVE
from tests.world import World, somebody


def a_week(customers: int = 2) -> World:
    """Return a world in which invoices were posted, followed up and paid, which was all told."""
    world = World("2026-01-02 08:00")
    invoices = [
        world.post(f"R-{number}", due="2026-01-05", customer=somebody(f"c{number}"))
        for number in range(customers)
    ]
    world.days(4)
    world.pay(invoices[0])
    world.days(3)
    return world


def feed(world: World) -> dict[str, Event]:
    return dict(world.ledger._events[LIVE.key])


def every(event: Event) -> bool:
    return bool(event.id)


def test_what_was_told_is_not_told_again():
    world = a_week()
    before = feed(world)

    done = replay_changes(world.ports, world.stream, every, dry_run=False)

    assert done.missing == []
    assert done.derived == len([each for each in before.values() if each.customer_id])
    assert feed(world) == before


def test_what_is_missing_is_told_exactly_as_it_would_have_been():
    world = a_week(customers=AT_ONCE // 4)
    before = feed(world)
    lost = [event for event in before.values() if event.type.startswith(("invoice.", "payment."))]
    for event in lost:
        del world.ledger._events[LIVE.key][event.id]

    done = replay_changes(world.ports, world.stream, every, dry_run=False)

    assert {event.id for event in done.missing} == {event.id for event in lost}
    assert done.derived > AT_ONCE
    assert feed(world) == before
    assert replay_changes(world.ports, world.stream, every, dry_run=False).missing == []


def test_a_dry_run_says_the_same_and_tells_nothing():
    world = a_week()
    world.ledger._events[LIVE.key].clear()

    done = replay_changes(world.ports, world.stream, every, dry_run=True)

    assert len(done.missing) == done.derived > 0
    assert feed(world) == {}


def test_only_what_is_wanted_is_told():
    world = a_week()
    lost = world.ledger._events[LIVE.key]
    lost.clear()

    replay_changes(world.ports, world.stream, lambda e: e.type == "case.closed", dry_run=False)

    assert {event.type for event in feed(world).values()} == {"case.closed"}
