"""I2: a step is sent at most once per case, whatever is redelivered, retried, killed or parallel.

Guards: the claim's condition on the version (`deliver._claim`), the claim that holds a case
while an outcome is unknown (`decide._decide_case`), claim before send (`deliver.deliver`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.ports.messages import Delivery, EmailEventKind, EmailMessage, Handover
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.advance_clock import advance_clock
from chalicelib.services.follow_up import follow_up
from chalicelib.services.test_clocks import create_test_clock, request_advance
from chalicelib.services.try_later import TryLaterError
from tests.builders import LIVE, TEST, utc
from tests.deeds import BILLING
from tests.invariants.meddling import InterruptedRenderer, MeddledLedger
from tests.invariants.watch import Watch
from tests.world import Crash, World, somebody


@pytest.fixture
def fast_switching() -> Iterator[None]:
    """Let threads take turns as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*jobs: Callable[[], object]) -> list[BaseException]:
    """Run jobs in threads that start together; return what they raised."""
    start, raised = Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        start.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            raised.append(error)

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.usefixtures("fast_switching")
@pytest.mark.parametrize("workers", [2, 8])
def test_workers_in_parallel_send_each_step_once(workers: int):
    """Guard: `deliver._claim` claims the version on which it was decided, and no other."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    customers = [
        world.post(f"R-{n}", due="2026-01-15", customer=somebody(f"c{n}")).customer_id
        for n in range(30)
    ]
    world.clock.set(utc("2026-01-12 08:00"))

    def work() -> None:
        for customer_id in customers:
            follow_up(world.ports, LIVE, customer_id, "email")

    assert at_once(*[work] * workers) == []
    assert len(world.email.attempts) == 30


def test_the_second_worker_that_read_the_same_file_loses_the_claim():
    """The other worker runs whole while this one has rendered and not yet claimed."""
    renderer = InterruptedRenderer()
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), renderer=renderer)
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    renderer.meanwhile = lambda: follow_up(world.ports, LIVE, invoice.customer_id)
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert renderer.rendered == 2
    assert len(world.email.attempts) == 1


def test_the_other_worker_comes_while_the_message_is_on_its_way():
    """Guard: `decide._decide_case` lets a case with a claim wait."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))

    def another(_: EmailMessage) -> None:
        world.email.before_answer = None
        follow_up(world.ports, LIVE, invoice.customer_id)

    world.email.before_answer = another
    follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.attempts) == 1
    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.SENT


@pytest.mark.parametrize("die_after", [False, True])
@pytest.mark.parametrize("die_at", range(10))
def test_a_worker_that_dies_at_any_call_sends_nothing_twice(die_at: int, die_after: bool):  # noqa: FBT001 - a parameter of the test
    """Dies before or after every write in turn; the queue brings its message back."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    watch = Watch(world)
    for number in range(2):
        world.post(f"R-{number}", due="2026-01-15")
    world.until("2026-01-12 07:00")
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls + die_at, die_after
    world.until("2026-03-20 00:00")
    watch.check_finished()


@pytest.mark.parametrize("answer", [Delivery.ACCEPTED, Delivery.UNKNOWN])
def test_a_worker_that_dies_after_the_send_and_before_the_record(answer: Delivery):
    """Guard: `deliver.deliver` claims before it hands over."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    watch = Watch(world)
    invoice = world.post("R-1", due="2026-01-15")

    def send_and_die(_: EmailMessage) -> None:
        world.email.before_answer = None
        if answer is Delivery.ACCEPTED:
            raise Crash

    world.email.script(Handover(answer))
    world.email.before_answer = send_and_die
    world.until("2026-01-14 00:00")
    assert len(world.email.attempts) == 1
    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.UNCONFIRMED
    world.until("2026-03-20 00:00")
    watch.check_finished()


def test_the_providers_event_and_the_worker_settle_the_same_claim_once():
    """The Send event arrives before the worker has recorded what it sent."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")

    def event_first(message: EmailMessage) -> None:
        world.mail_event(message, EmailEventKind.SENT)

    world.email.before_answer = event_first
    world.until("2026-01-14 00:00")
    assert len(world.email.attempts) == 1
    assert world.case(invoice).claim is None
    assert len(_log(world)) == 1


def test_the_same_queue_message_ten_times_sends_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    world.queues.put("email", [{"tenant": LIVE.key, "customer": invoice.customer_id}] * 10)
    world.work()
    assert len(world.email.attempts) == 1


def test_released_claims_come_back_and_are_sent_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-12 08:00"))
    world.email.script(*[Handover(Delivery.NOT_NOW)] * 3)
    for _ in range(3):
        with pytest.raises(TryLaterError):
            follow_up(world.ports, LIVE, invoice.customer_id)
    for _ in range(3):
        follow_up(world.ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1


@pytest.mark.usefixtures("fast_switching")
def test_two_runs_of_the_same_test_clock_send_once():
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), tenant=TEST)
    Watch(world)
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2026-01-02 08:00"))
    for number in range(10):
        customer = somebody(f"c{number}", test_clock=clock.id)
        world.post(f"R-{number}", due="2026-01-15", issued="2026-01-01", customer=customer)
    request_advance(world.ports, TEST, BILLING, clock.id, utc("2026-03-20 00:00"))
    raised = at_once(*[lambda: advance_clock(world.ports, TEST, clock.id)] * 2)
    assert all(isinstance(each, WriteConflictError | TryLaterError) for each in raised)
    advance_clock(world.ports, TEST, clock.id)
    assert len(world.email.attempts) + len(world.sms.attempts) == 60


def _log(world: World) -> list:
    return [entry for entry in world.ledger._records.values() if entry.id.startswith("cm_")]
