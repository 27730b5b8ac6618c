"""The sweep hands over what is due, once, to the queue of its channel, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.delivery import PICKED_UP_AFTER, owed
from chalicelib.services.stragglers import AFTER as STRAGGLES_AFTER
from chalicelib.services.stragglers import stragglers, stragglers_in
from chalicelib.services.stuck import flag
from chalicelib.services.sweep import sweep, sweep_shard
from tests.builders import LIVE, customer_id, utc
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody

SHARDS = ("wall#0", "wall#1")
DELIVERIES = ("webhook#0", "webhook#1")
ASKED = (*SHARDS, *DELIVERIES)


class RacedLedger(InMemoryLedger):
    """Lets something happen once, right before a mark is moved."""

    before_mark: Callable[[], object] | None = None

    def move_mark(self, partition: str, *, before: datetime | None, after: datetime) -> bool:
        happens, self.before_mark = self.before_mark, None
        if happens:
            happens()
        return super().move_mark(partition, before=before, after=after)


def handed_over(world: World, *, straggling: bool = False) -> int:
    """Sweep every shard and return how many files were handed over."""
    lost = stragglers(world.ports) if straggling else None
    return sum(sweep_shard(world.ports, each, lost).handed_over for each in SHARDS)


def test_every_minute_every_shard_and_every_fifteenth_also_for_stragglers():
    world = World("2026-01-02 08:01")
    sweep(world.ports)
    assert world.queues.drain("sweep") == [{"partition": each} for each in ASKED]
    world.clock.set(utc("2026-01-02 08:15"))
    sweep(world.ports)
    assert world.queues.drain("sweep") == [
        *({"partition": each} for each in ASKED),
        *({"partition": each, "stragglers": "email sms letter action webhook"} for each in ASKED),
    ]


def test_what_is_not_due_is_not_handed_over():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 07:59"))
    assert handed_over(world) == 0
    assert world.queues.log == []


def test_a_file_is_handed_over_once_however_many_cases_are_due_and_sweeps_come():
    world = World("2026-01-02 08:00")
    for number in range(3):
        invoice = world.post(f"R-{number}", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    assert handed_over(world) == 1
    assert handed_over(world) == 0
    assert world.queues.waiting("email") == [{"tenant": LIVE.key, "customer": invoice.customer_id}]


def test_each_channel_has_its_queue():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.post("R-2", due="2026-01-15", customer=somebody("two", email=None))
    world.post("R-3", due="2026-01-15", customer=somebody("three", email=None, phone=None))
    world.clock.set(utc("2026-01-12 08:00"))
    handed_over(world)
    assert [len(world.queues.waiting(queue)) for queue in ("email", "sms", "action")] == [2, 1, 0]


def test_stragglers_are_handed_over_again_when_all_queues_are_empty():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    handed_over(world)
    world.clock.advance(STRAGGLES_AFTER)
    assert handed_over(world, straggling=True) == 0, "its message still waits"
    world.queues.drain("email")
    assert handed_over(world, straggling=True) == 1


def test_a_channel_whose_provider_is_down_does_not_keep_the_others_stragglers_back():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.post("R-2", due="2026-01-15", customer=somebody("two", email=None))
    world.clock.set(utc("2026-01-12 08:00"))
    handed_over(world)
    world.queues.drain("sms")
    world.clock.advance(STRAGGLES_AFTER)
    assert handed_over(world, straggling=True) == 1
    assert [len(world.queues.waiting(queue)) for queue in ("email", "sms")] == [1, 1]


def test_what_is_due_for_a_short_while_is_no_straggler():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:14"))
    assert handed_over(world, straggling=True) == 0


def test_two_sweeps_at_once_hand_over_once_more_at_most_and_lose_nothing():
    ledger = RacedLedger(shards=2)
    world = World("2026-01-02 08:00", ledger=ledger)
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    others: list[int] = []
    ledger.before_mark = lambda: others.append(handed_over(world))
    mine = handed_over(world)
    assert 1 <= mine + others[0] <= 2
    world.work()
    assert len(world.email.attempts) == 1


def test_the_mark_never_goes_back():
    world = World("2026-01-12 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.advance(seconds=10)
    handed_over(world)
    marks = [world.ledger.mark(each) for each in SHARDS]
    world.clock.set(utc("2026-01-12 07:00"))
    handed_over(world)
    assert [world.ledger.mark(each) for each in SHARDS] == marks


def oldest(world: World, *, straggling: bool = False) -> timedelta:
    """Sweep every shard and return for how long the oldest step had been due."""
    lost = stragglers(world.ports) if straggling else None
    ages = [sweep_shard(world.ports, each, lost).oldest for each in SHARDS]
    return max(age for age in ages if age is not None)


def test_the_oldest_step_is_as_old_as_the_sweep_is_late():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 07:59"))
    assert oldest(world) == timedelta(0), "nothing is due"
    world.clock.set(utc("2026-01-12 10:30"))
    world.post("R-2", due="2026-01-15", customer=somebody("two"))
    assert oldest(world) == timedelta(hours=2, minutes=30)
    assert oldest(world) == timedelta(0), "it is in its queue"


def test_what_is_handed_over_in_vain_grows_old():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    handed_over(world)
    world.clock.advance(STRAGGLES_AFTER)
    assert oldest(world, straggling=True) == timedelta(0), "its message still waits"
    for quarters in (2, 3, 4):
        world.queues.drain("email")
        world.clock.advance(STRAGGLES_AFTER)
        assert oldest(world, straggling=True) == quarters * STRAGGLES_AFTER


def test_what_a_person_knows_of_does_not_count_as_old():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    flag(world.ports, LIVE, invoice.customer_id, "ValueError")
    world.clock.advance(hours=5)
    assert oldest(world, straggling=True) == timedelta(0)


def test_while_every_queue_is_at_work_nobody_looks():
    world = World("2026-01-02 08:15")
    for queue in ("email", "sms", "letter", "action"):
        world.queues.put(queue, [{"tenant": LIVE.key, "customer": "cus_1"}])
    lost = stragglers(world.ports)
    assert {sweep_shard(world.ports, each, lost).oldest for each in SHARDS} == {None}


def test_what_is_due_for_hours_is_handed_over_once_an_hour_however_full_its_queue_is():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    handed_over(world)
    world.queues.drain("email")
    world.queues.put("email", [{"tenant": LIVE.key, "customer": "cus_of_somebody_else"}])
    found = {}
    for _ in range(13):
        world.clock.advance(minutes=15)
        found[f"{world.clock.now():%H:%M}"] = handed_over(world, straggling=True)
    assert {at for at, count in found.items() if count} == {"10:00", "11:00"}
    message = {"tenant": LIVE.key, "customer": invoice.customer_id}
    assert world.queues.waiting("email").count(message) == 2


def test_what_an_earlier_release_asked_for_waits_for_the_next_look():
    world = World("2026-01-02 08:00")
    world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:30"))
    message = {"partition": SHARDS[0], "stragglers": "yes"}
    lost = stragglers_in(message)
    assert {sweep_shard(world.ports, each, lost).handed_over for each in SHARDS} == {0}


def test_deliveries_are_handed_over_to_their_own_queue_and_are_no_steps():
    world = World("2026-01-02 08:00")
    event_id = ids.child_id(ids.EVENT, customer_id("one"), "0" * ids.PART)
    world.endpoints.owe([owed(LIVE, "we_1", event_id, world.clock.now())])
    message = {"tenant": LIVE.key, "endpoint": "we_1", "event": event_id}
    world.clock.advance(PICKED_UP_AFTER)
    assert handed_over(world) == 0
    swept = [sweep_shard(world.ports, each) for each in DELIVERIES]
    assert sorted(each.handed_over for each in swept) == [0, 1]
    assert {each.oldest for each in swept} == {None}
    world.clock.advance(STRAGGLES_AFTER)
    again = [sweep_shard(world.ports, each, stragglers(world.ports)) for each in DELIVERIES]
    assert sum(each.handed_over for each in again) == 0, "its message still waits"
    assert world.queues.drain("webhook") == [message]
    again = [sweep_shard(world.ports, each, stragglers(world.ports)) for each in DELIVERIES]
    assert sum(each.handed_over for each in again) == 1
