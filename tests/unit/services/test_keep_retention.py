"""Through a simulated decade: nothing younger than its period goes, and nothing older stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.retention import USUAL, Retention
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Write
from chalicelib.services import go_through_file
from chalicelib.services.keep_retention import retire
from chalicelib.services.nightly import look_after
from chalicelib.services.test_clocks import create_test_clock
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.deeds import BILLING
from tests.fakes.ledger import InMemoryLedger
from tests.unit.erika import ERIKA, Torn, a_life, stored
from tests.world import World, somebody

TWO_YEARS, SIX_YEARS = timedelta(days=730), timedelta(days=2192)
YOUNG, OLD = timedelta(days=-1), timedelta(0)


def a_world(
    communications: timedelta, settled: timedelta, ledger: InMemoryLedger | None = None
) -> World:
    world = World(ledger=ledger)
    creditor = world.ledger.creditor(CREDITOR_ID)
    world.ledger.save_creditor(replace(creditor, retention=Retention(communications, settled)))
    return world


def night(world: World, invoice: Invoice) -> None:
    """Let the nightly look happen, and the workers that it asked."""
    assert look_after(world.ports, world.tenant, invoice.customer_id) == []
    world.work()


def messages(world: World, invoice: Invoice) -> list[Communication]:
    filed = stored(world, invoice.customer_id)
    return [each for each in filed if isinstance(each, Communication)]


def test_each_message_loses_its_address_on_its_day_and_not_before():
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = a_life(world)
    sent = sorted(each.created_at for each in messages(world, invoice))
    assert len(sent) > 2
    for number, moment in enumerate(sent):
        world.clock.set(moment + TWO_YEARS + timedelta(seconds=-1))
        night(world, invoice)
        named = [each for each in messages(world, invoice) if each.to and each.subject]
        assert len(named) == len(sent) - number
        world.clock.set(moment + TWO_YEARS)
        night(world, invoice)
        named = [each for each in messages(world, invoice) if each.to or each.subject]
        assert len(named) == len(sent) - number - 1

    assert world.customer(invoice).email == ERIKA["email"]
    assert {each.change.why for each in messages(world, invoice)} == {"retention"}


def test_a_note_goes_as_messages_do_and_an_open_task_stays():
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = world.post("R-1", due="2026-01-05", customer=somebody(email=None, phone=None))
    world.days(20)
    done, *others = world.open_tasks(invoice)
    assert others
    world.complete(done, "reached Erika")

    world.days(731)
    night(world, invoice)

    tasks = [each for each in stored(world, invoice.customer_id) if isinstance(each, Task)]
    assert [each.outcome for each in tasks if each.id == done.id] == ["erased"]
    kept = {each.id for each in tasks if each.status == "open"}
    assert kept == {each.id for each in world.open_tasks(invoice)}
    assert kept


def last_moment(world: World, invoice: Invoice) -> datetime:
    file = world.ledger.whole_file(LIVE, invoice.customer_id)
    moments = [each.settled_at for each in file.invoices if each.settled_at]
    return max(*moments, *(each.created_at for each in file.payments))


@pytest.mark.parametrize(("off", "goes"), [(YOUNG, False), (OLD, True)])
def test_a_customer_goes_when_nothing_has_happened_for_the_period(off: timedelta, *, goes: bool):
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = a_life(world)
    world.clock.set(last_moment(world, invoice) + SIX_YEARS + off)

    night(world, invoice)

    erasure = world.customer(invoice).erasure
    assert (erasure is not None) is goes
    if erasure:
        assert (erasure.by, erasure.reason) == ("system", ErasureReason.RETENTION)
        assert erasure.done_at
        assert world.invoice(invoice).amount == invoice.amount


def test_whoever_owes_something_stays_for_however_long():
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = world.post("R-1", due="2026-01-05", customer=somebody(**ERIKA))
    world.days(60)
    world.clock.advance(days=36_000)

    night(world, invoice)

    assert world.customer(invoice).erasure is None
    assert [each.to for each in messages(world, invoice)] == [""] * len(messages(world, invoice))


def test_a_customer_who_came_back_before_the_worker_did_stays():
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = a_life(world)
    world.clock.advance(SIX_YEARS + timedelta(days=400))
    look_after(world.ports, LIVE, invoice.customer_id)
    world.post("R-9", due="2033-12-01", customer=invoice.customer_id)
    world.work()
    assert world.customer(invoice).erasure is None

    retire(world.ports, LIVE, "cus_nobody")
    assert world.customer(invoice).email == ERIKA["email"]


def test_a_long_history_expires_in_portions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(go_through_file, "PORTION", 3)
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = a_life(world)
    world.clock.advance(TWO_YEARS)

    night(world, invoice)

    assert [each for each in messages(world, invoice) if each.to or each.subject] == []
    asked = [each for each in world.queues.log if each.message.get("privacy") == "expire"]
    assert len(asked) == -(-len(stored(world, invoice.customer_id)) // 3)


def test_a_night_that_finds_nothing_to_do_writes_and_asks_nothing():
    world = a_world(TWO_YEARS, SIX_YEARS)
    invoice = a_life(world)
    world.clock.advance(SIX_YEARS + timedelta(days=400))
    night(world, invoice)
    written, asked = len(world.ledger.changes), len(world.queues.log)

    night(world, invoice)

    assert (len(world.ledger.changes), len(world.queues.log)) == (written, asked)


def test_a_creditor_who_says_nothing_keeps_letters_for_as_long_as_german_law_wants():
    """Six years from the end of the year, whatever day of it: HGB section 257(4) and (5)."""
    for first in (datetime(year, 1, 1) for year in range(2026, 2034)):  # noqa: DTZ001 - days only
        assert first + USUAL.communications >= datetime(first.year + 7, 1, 1)  # noqa: DTZ001
    assert USUAL.settled_customers >= USUAL.communications


def test_who_lives_on_a_test_clock_is_kept_by_that_clock():
    world = World("2026-03-02 08:00", tenant=TEST)
    clock = create_test_clock(world.ports, TEST, BILLING, world.clock.now())
    customer = somebody(**ERIKA, test_clock=clock.id)
    invoice = world.post("R-1", due="2026-03-05", customer=customer)
    world.void(invoice)
    world.work()
    world.clock.advance(days=2558)
    night(world, invoice)
    assert world.customer(invoice).erasure is None

    later = clock.now + timedelta(days=2558)
    world.ledger.commit(
        [Write(clock, replace(clock, now=later, target=later, version=clock.version + 1))]
    )
    night(world, invoice)

    assert world.customer(invoice).erasure


@pytest.mark.parametrize("portion", [3, 500])
def test_a_record_that_nobody_can_make_out_keeps_no_message(
    monkeypatch: pytest.MonkeyPatch, portion: int
):
    monkeypatch.setattr(go_through_file, "PORTION", portion)
    world = a_world(TWO_YEARS, SIX_YEARS, ledger := Torn(shards=2))
    invoice = a_life(world)
    world.clock.set(max(each.created_at for each in messages(world, invoice)) + TWO_YEARS)
    ledger.is_torn = True

    assert look_after(world.ports, LIVE, invoice.customer_id) == []
    with pytest.raises(UnreadableRecordError):
        world.work()

    assert [each for each in messages(world, invoice) if each.to or each.subject] == []
