"""A provider that takes nothing is nobody's poison: what it refuses waits, and nobody is asked."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import STUCK
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.stragglers import stragglers_in
from chalicelib.services.stuck import REDRIVEN, flag
from chalicelib.services.sweep import sweep, sweep_shard
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import TRIES, NotTaken, work_off
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.world import World, somebody

PAUSED = Handover(Delivery.NOT_NOW, reason="configuration: AccountSendingPaused")


@pytest.fixture
def world() -> World:
    """Return a world in which three customers are to be written to and SES takes nothing."""
    world = World("2026-01-02 08:00")
    for name in ("one", "two", "three"):
        world.post(f"R-{name}", due="2026-01-15", customer=somebody(name))
    world.clock.set(utc("2026-01-12 08:00"))
    world.email.send = lambda *_: PAUSED  # type: ignore[method-assign]
    return world


def due(world: World) -> list[dict[str, str]]:
    """Sweep, and return what waits for a worker."""
    sweep(world.ports)
    for message in world.queues.drain("sweep"):
        sweep_shard(world.ports, message["partition"], stragglers_in(message))
    return world.queues.drain("email")


def hand_out(world: World) -> Counter[str]:
    """Sweep, and hand each message out as SQS does; say what became of the tries."""
    became: Counter[str] = Counter()
    for message in due(world):
        for tries in range(1, TRIES + 1):
            try:
                put_off = work_off(world.ports, message, "email", tries)
            except TryLaterError:
                became["again"] += 1
            else:
                became[str(put_off)] += 1
                break
        else:
            became["dead"] += 1
    return became


def test_an_outage_of_hours_asks_nobody_and_kills_no_message(world: World):
    for _ in range(24):
        became = hand_out(world)
        assert became == {"again": 3 * (TRIES - 2), NotTaken.REFUSED: 3}
        world.clock.advance(minutes=15)
    world.work()

    events = world.ledger.events_page(LIVE, Cursor(1000)).data
    assert [event.type for event in events if event.type.startswith("task.")] == []
    assert world.ledger.tasks_page(LIVE, Cursor(10)).data == ()


def test_it_goes_out_once_the_provider_takes_it(world: World):
    hand_out(world)
    del world.email.send  # type: ignore[attr-defined]
    world.clock.advance(minutes=15)
    assert hand_out(world) == {"None": 3}
    assert len(world.email.sent) == 3


def test_a_customer_with_many_invoices_is_one_message_however_long_it_lasts(world: World):
    for day in range(1, 9):
        last = world.post(f"R-{day}", due=f"2026-01-{15 + day}", customer=somebody("one"))
    for _ in range(8 * 24):
        became = hand_out(world)
        assert became[NotTaken.REFUSED] <= 4, "one for each customer, and one for what is new"
        world.clock.advance(hours=1)
    assert world.case(last).results == {}


def test_whom_a_provider_refuses_keeps_nobody_elses_stragglers_back(world: World):
    """A creditor's messages may be at work all the time; what got lost beside them is found."""
    del world.email.send  # type: ignore[attr-defined]
    lost = due(world)
    assert len(lost) == 3
    for _ in range(12):
        world.queues.put("email", [{"tenant": LIVE.key, "customer": "cus_who_is_refused"}])
        world.clock.advance(minutes=15)
        sweep(world.ports)
        for message in world.queues.drain("sweep"):
            sweep_shard(world.ports, message["partition"], stragglers_in(message))
    found = [each for each in world.queues.drain("email") if each in lost]
    assert sorted(Counter(map(str, found)).values()) == [2, 2, 2]


def test_a_redriven_message_that_a_provider_refuses_is_left_to_the_sweep(world: World):
    message = {**due(world)[0], REDRIVEN: "yes"}
    flag(world.ports, LIVE, message["customer"], "ValueError")
    assert work_off(world.ports, message, "email", TRIES - 1) is NotTaken.REFUSED
    world.clock.advance(minutes=15)
    assert {each["customer"] for each in due(world)} >= {message["customer"]}


def test_only_after_silence_a_person_is_asked_until_the_provider_answers(world: World):
    message = due(world)[0]
    assert work_off(world.ports, message, "email", TRIES) is NotTaken.REFUSED
    tasks = world.ledger.tasks_page(LIVE, Cursor(10)).data
    assert [(task.step, task.status, task.outcome) for task in tasks] == [
        (STUCK, "done", "not_taken")
    ]


def test_what_an_error_named_stays_with_its_person_whatever_a_provider_refuses(world: World):
    """A refusal says nothing of a record that can't be read, and works nothing."""
    message = due(world)[0]
    flag(world.ports, LIVE, message["customer"], "ValueError")
    assert work_off(world.ports, message, "email", TRIES - 1) is NotTaken.REFUSED
    [task] = world.ledger.tasks_page(LIVE, Cursor(10)).data
    assert (task.status, task.outcome, task.reason) == ("open", None, "ValueError")


MAIL_THEN_TEXT = a_sequence(
    a_step("mail", 1), a_step("text", 8, "sms"), a_step("last", 15, "email")
)
TEXT_THEN_MAIL = a_sequence(a_step("text", 1, "sms"), a_step("mail", 8))


@pytest.mark.parametrize(
    ("sequence", "refusing", "step"),
    [(MAIL_THEN_TEXT, "email", "text"), (TEXT_THEN_MAIL, "sms", "mail")],
)
def test_a_provider_that_takes_nothing_holds_up_its_own_channel_only(
    sequence: Sequence, refusing: str, step: str
):
    world = World("2026-01-02 08:00", sequence=sequence)
    early = world.post("R-early", due="2026-01-10")
    late = world.post("R-late", due="2026-01-17")
    getattr(world, refusing).send = lambda *_: PAUSED
    live_through(world, days=18)

    assert world.case(early).results[step].outcome is Outcome.SENT
    assert late.id != early.id


def test_two_providers_that_take_nothing_do_not_fill_each_others_queues():
    world = World("2026-01-02 08:00", sequence=MAIL_THEN_TEXT)
    for number in ("R-early", "R-late"):
        world.post(number, due="2026-01-10" if number == "R-early" else "2026-01-17")
    world.email.send = world.sms.send = lambda *_: PAUSED  # type: ignore[method-assign]
    busiest = live_through(world, days=21)

    assert busiest <= 4, "per quarter of an hour and queue: the sweep's, and one passed on"


def live_through(world: World, *, days: int) -> int:
    """Let days pass, each message being tried as SQS does; return the most in a queue at once."""
    busiest = 0
    for _ in range(days * 24 * 4):
        sweep(world.ports)
        for message in world.queues.drain("sweep"):
            sweep_shard(world.ports, message["partition"], stragglers_in(message))
        for _ in range(2):
            for queue in ("email", "sms", "letter", "action"):
                messages = world.queues.drain(queue)
                busiest = max(busiest, len(messages))
                for message in messages:
                    try_out(world, message, queue)
        world.clock.advance(minutes=15)
    return busiest


def try_out(world: World, message: dict[str, str], queue: str) -> None:
    """Hand a message out until it is done or over."""
    for tries in range(1, TRIES + 1):
        with contextlib.suppress(TryLaterError):
            work_off(world.ports, message, queue, tries)
            return
