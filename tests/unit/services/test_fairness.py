"""A flood of one creditor's doesn't starve another's few: they leave within as many messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.due import due_partition
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.services import sweep
from chalicelib.services.stragglers import stragglers
from chalicelib.services.sweep import sweep_shard
from tests.builders import LIVE, a_case, utc
from tests.fakes.memory import DUE_PAGE
from tests.world import World

NINE = utc("2026-01-12 09:00")
FLOOD, FEW = 20_000, 10
SMALL, OTHER = (Tenant(f"cr_{letter * 16}", Mode.LIVE) for letter in "SU")


def due(world: World, tenant: Tenant, count: int, *, minutes: int) -> None:
    """Let so many customers of a creditor be due so many minutes before nine."""
    for number in range(count):
        name = f"{tenant.key} {number}"
        moment = NINE - timedelta(minutes=minutes)
        case = a_case(name, customer=name, tenant=tenant, due_at=moment, channel="email")
        partition = due_partition(tenant, case.customer_id, None, shards=world.ports.shards)
        world.ledger.set_due(partition, case)


@pytest.fixture
def flooded() -> World:
    """Return a world in which the flood was due first, and nothing is handed over yet."""
    world = World("2026-01-12 09:00")
    due(world, LIVE, FLOOD, minutes=30)
    due(world, SMALL, FEW, minutes=1)
    due(world, OTHER, FEW, minutes=0)
    return world


def owners(world: World) -> list[str]:
    """Return whose each message is, in the order in which they are handed out."""
    return [message["tenant"] for message in world.queues.waiting("email")]


def test_the_few_leave_within_the_turns_of_the_creditors(flooded: World):
    for shard in range(flooded.ports.shards):
        before = len(owners(flooded))
        sweep_shard(flooded.ports, f"wall#{shard}")
        queued = owners(flooded)[before:]
        mine = queued.count(SMALL.key)
        last = max(place for place, owner in enumerate(queued) if owner == SMALL.key)
        assert last < 3 * mine, "three creditors take turns"


def test_what_is_read_at_once_is_bounded_and_the_mark_follows(
    flooded: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweep, "PAGES_AT_ONCE", 4)
    puts: list[int] = []
    put = flooded.queues.put
    monkeypatch.setattr(
        flooded.queues, "put", lambda queue, each: (puts.append(len(each)), put(queue, each))
    )
    handed = sweep_shard(flooded.ports, "wall#0").handed_over

    assert max(puts) == 4 * DUE_PAGE
    assert sum(puts) == handed
    assert flooded.ledger.mark("wall#0") == NINE


def test_everybody_is_handed_over_once(flooded: World):
    handed = sum(
        sweep_shard(flooded.ports, f"wall#{n}").handed_over for n in range(flooded.ports.shards)
    )
    customers = [message["customer"] for message in flooded.queues.waiting("email")]

    assert handed == len(set(customers)) == len(customers) == FLOOD + 2 * FEW


def test_stragglers_take_turns_too(flooded: World):
    flooded.clock.advance(hours=1)
    sweep_shard(flooded.ports, "wall#0", stragglers(flooded.ports))
    queued = owners(flooded)

    assert max(place for place, owner in enumerate(queued) if owner == SMALL.key) < 3 * FEW
