"""What the worklist costs: a task's places as it comes, moves and goes, and a page of a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.worklist import View
from chalicelib.ports.storage import Cursor, Write
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.rank_tasks import rank_changed
from chalicelib.services.record_payment import NewPayment, record_payment
from tests.builders import LIVE, a_case, a_task, an_invoice
from tests.integration.stored import PER_CUSTOMER
from tests.world import BILLING, somebody

if TYPE_CHECKING:
    from tests.integration.metered import Metered, Units

TASKS = 10


def worklist(metered: Metered) -> dict[str, Units]:
    """Return the units of ranking a task about an overdue invoice, and of a payment without one."""
    ports, ledger, now = metered.ports, metered.ledger, metered.world.clock.now()
    order = NewInvoice(
        number="W-1",
        customer=somebody("called"),
        currency=an_invoice().currency,
        amount=100_00,
        issue_date=now.date(),
        due_date=now.date(),
    )
    invoice = post_invoice(ports, LIVE, BILLING, order).invoice
    metered.world.clock.advance(days=9)

    def pays() -> list[tuple[Any, Any]]:
        ledger.changes.clear()
        paid = Money(10_00, invoice.currency)
        now = metered.world.clock.now()
        record_payment(ports, LIVE, BILLING, NewPayment(invoice.id, paid, now, Method.CASH))
        return list(ledger.changes)

    def ranks(name: str, changes: list[tuple[Any, Any]]) -> Units:
        return metered.used(name, lambda: rank_changed(ports, changes))

    found = {"a payment ranks nothing": ranks("rank nothing", pays())}
    task = a_task(ledger.case(LIVE, invoice.case_id))
    ledger.commit([Write(None, task)])
    found["rank a new task"] = ranks("rank new", [(None, task)])
    found["… a payment moves it"] = ranks("rank again", pays())
    done = replace(task, status=TaskStatus.DONE, version=2)
    ledger.commit([Write(task, done)])
    found["… it is done"] = ranks("rank done", [(task, done)])
    return found


def reads_of_worklist(metered: Metered) -> dict[str, Callable[[], Any]]:
    """Rank ten tasks of stored customers, and return the reads of the worklist by their names."""
    places, tasks = metered.ports.worklist, [_stored(metered, number) for number in range(TASKS)]
    rank_changed(metered.ports, [(None, each) for each in tasks])
    page = partial(places.page, LIVE, View.VALUE_AT_RISK, "eur")
    assert len(page(Cursor(TASKS)).data) == TASKS
    return {
        "ten tasks by value at risk": partial(page, Cursor(TASKS)),
        "ten tasks beyond one": partial(page, Cursor(TASKS, after=_highest(page))),
        "places of a customer's tasks": partial(places.places, LIVE, tasks[0].customer_id),
    }


def _highest(page: Callable[[Cursor], Any]) -> str:
    return str(page(Cursor(1)).data[0].task.id)


def _stored(metered: Metered, number: int) -> Task:
    owner = f"stored {number // PER_CUSTOMER * PER_CUSTOMER}"
    task = a_task(a_case(f"stored {number}", customer=owner), name=f"call {number}")
    metered.ledger.commit([Write(None, task)])
    return task
