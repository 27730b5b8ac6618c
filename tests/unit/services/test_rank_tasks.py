"""Tasks stand in the worklist as their facts say: at once where those change, by night else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.domain.communication import Task
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import PromisedDate, Source
from chalicelib.domain.worklist import View
from chalicelib.ports.storage import Cursor
from chalicelib.services.complete_task import complete_task
from chalicelib.services.nightly import look_after
from chalicelib.services.rank_tasks import rank_changed
from chalicelib.services.take_promise import NewPromise, take_promise
from tests.builders import LIVE, a_sequence, a_step
from tests.deeds import OFFICE
from tests.world import World, somebody

CALLS = a_sequence(a_step("call", 3, "call"))


@pytest.fixture
def world() -> World:
    """Return a world in which people are called three days after the due date."""
    return World("2026-03-02 08:00", sequence=CALLS)


def called(world: World, number: str, amount: int = 1_000_00) -> tuple[Invoice, Task]:
    """Let an invoice come to its call, and return it with the task."""
    owner = somebody(number)
    invoice = world.post(number, due="2026-03-02", amount=amount, customer=owner)
    world.days(4)
    [task] = world.ledger.tasks_of(LIVE, invoice.customer_id)
    return invoice, task


def ranks(world: World, invoice: Invoice) -> dict[View, int]:
    """Return how high the tasks of an invoice's customer stand."""
    return {each.view: each.rank for each in world.worklist.places(LIVE, invoice.customer_id)}


def by_night(world: World, invoice: Invoice) -> None:
    look_after(world.ports, LIVE, invoice.customer_id)


def test_a_task_has_its_places_as_soon_as_it_is_told_of(world: World):
    invoice, task = called(world, "A-1")
    assert set(ranks(world, invoice)) == {
        View.VALUE_AT_RISK,
        View.LARGEST_OWED,
        View.LONGEST_OVERDUE,
    }
    page = world.worklist.page(LIVE, View.VALUE_AT_RISK, "eur", Cursor(10))
    assert page is not None
    assert [(each.task.id, each.risk.value.amount) for each in page.data] == [(task.id, 16_00)]


def test_an_invoice_without_a_task_costs_nothing(world: World):
    invoice = world.post("A-1", due="2026-05-02")
    world.work()
    world.pay(invoice, 10_00)
    world.work()
    by_night(world, invoice)
    assert ranks(world, invoice) == {}


def test_a_payment_moves_it_at_once(world: World):
    invoice, _ = called(world, "A-1")
    world.pay(invoice, 400_00)
    world.work()
    assert ranks(world, invoice)[View.VALUE_AT_RISK] == 9_60
    assert ranks(world, invoice)[View.LARGEST_OWED] == 600_00


def test_what_is_done_or_settled_loses_its_places(world: World):
    done, task = called(world, "A-1")
    paid, _ = called(world, "A-2")
    complete_task(world.ports, LIVE, OFFICE, task.id, "done", None)
    world.pay(paid, 1_000_00)
    world.days(1)
    assert ranks(world, done) == ranks(world, paid) == {}


def test_a_broken_promise_moves_it_up(world: World):
    invoice, _ = called(world, "A-1")
    order = NewPromise(
        invoices=(invoice.id,),
        currency=invoice.currency,
        dates=(PromisedDate(date(2026, 3, 9), 1_000_00),),
        grace_days=0,
        source=Source.PHONE,
    )
    take_promise(world.ports, LIVE, OFFICE, order)
    world.until("2026-03-11 12:00")
    assert ranks(world, invoice)[View.BROKEN_PROMISES] == 36_00
    assert ranks(world, invoice)[View.VALUE_AT_RISK] == 36_00


def test_time_moves_it_by_night(world: World):
    invoice, _ = called(world, "A-1")
    world.clock.advance(timedelta(days=31))
    world.work()
    assert ranks(world, invoice)[View.VALUE_AT_RISK] == 16_00
    by_night(world, invoice)
    assert ranks(world, invoice)[View.VALUE_AT_RISK] == 36_00


def test_the_night_mends_what_went_wrong(world: World):
    invoice, _ = called(world, "A-1")
    before = world.worklist.places(LIVE, invoice.customer_id)
    world.worklist.exchange(before, [])
    by_night(world, invoice)
    assert world.worklist.places(LIVE, invoice.customer_id) == before


def test_a_file_that_cannot_be_read_holds_up_no_other(world: World):
    broken, task = called(world, "A-1")
    complete_task(world.ports, LIVE, OFFICE, task.id, "done", None)
    world.ledger.unreadable.add(task.id)
    other, _ = called(world, "A-2")
    assert View.VALUE_AT_RISK in ranks(world, other)
    assert View.VALUE_AT_RISK in ranks(world, broken)


def test_a_case_that_moves_to_the_archive_moves_its_tasks(world: World):
    """The table tells of a removal and of a creation."""
    invoice, _ = called(world, "A-1")
    world.pay(invoice, 1_000_00)
    case = world.ledger.case(LIVE, invoice.case_id)
    rank_changed(world.ports, [(case, None)])
    assert ranks(world, invoice)[View.VALUE_AT_RISK] == 16_00
    rank_changed(world.ports, [(None, case)])
    assert ranks(world, invoice) == {View.VALUE_AT_RISK: 0}
