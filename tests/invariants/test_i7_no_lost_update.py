"""I7: two parallel writers never lose an update.

Guards: the condition on the version that was read, in every commit, and `common.retrying`, which
reads again after a lost one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.errors import StaleRecordError
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.messages import EmailEventKind
from tests.builders import utc
from tests.invariants.meddling import MeddledLedger
from tests.invariants.watch import Watch
from tests.world import World, somebody


@pytest.fixture(autouse=True)
def fast_switching() -> Iterator[None]:
    """Let threads take turns as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def a_world() -> tuple[World, Watch]:
    """Return a watched world with a ledger to meddle with."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    return world, Watch(world)


DEEDS: dict[str, Callable[[World, Invoice], object]] = {
    "pay": lambda world, invoice: world.pay(invoice, 10_00),
    "card": lambda world, invoice: world.hear(world.card(invoice, 10_00, reference="pi_9")),
    "credit": lambda world, invoice: world.credit(invoice, 10_00),
    "post": lambda world, _: world.post("R-9", due="2026-02-01", amount=10_00),
    "hold": lambda world, invoice: world.hold(invoice),
    "rename": lambda world, invoice: world.change(invoice, name="Renamed"),
    "checkout": lambda world, invoice: world.checkout(invoice),
    "bounce": lambda world, _: world.mail_event(world.email.sent[0], EmailEventKind.BOUNCED),
}


@pytest.mark.parametrize("second", DEEDS)
@pytest.mark.parametrize("first", DEEDS)
def test_what_another_writer_does_in_between_is_kept_and_so_is_ones_own(first: str, second: str):
    """The second deed is done whole between the reads and the first write of the first one."""
    world, watch = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 09:00")

    def in_between(_: object) -> None:
        world.ledger.before_commit = None
        DEEDS[second](world, invoice)

    world.ledger.before_commit = in_between
    DEEDS[first](world, invoice)
    both = [first, second]
    paid = 10_00 * (both.count("pay") + (1 if "card" in both else 0))
    assert world.invoice(invoice).paid == paid
    assert world.invoice(invoice).credited == 10_00 * both.count("credit")
    held = [pause.kind for pause in world.case(invoice).pauses]
    assert held == ([PauseKind.HOLD] if "hold" in both else [])
    customer = world.customer(invoice)
    assert customer.name == ("Renamed" if "rename" in both else "Customer one")
    assert bool(customer.checkouts) == ("checkout" in both)
    assert bool(customer.suppressed) == ("bounce" in both)
    assert (world.ledger.reference(world.tenant, "invoice_number", "R-9") is not None) == (
        "post" in both
    )
    watch.check_books()


def test_a_change_of_timezone_reschedules_also_where_a_case_was_changed_in_between():
    """Guard: `update_customer` decides anew on what the other left, in one write with its own."""
    world, _ = a_world()
    invoices = [world.post(f"R-{number}", due="2026-01-15") for number in range(3)]
    commits: list[object] = []

    def in_between(writes: object) -> None:
        commits.append(writes)
        if len(commits) == 1:
            world.credit(invoices[0], 1_00)

    world.ledger.before_commit = in_between
    world.change(invoices[0], timezone="Pacific/Apia", country="WS")
    assert len(commits) > 1
    assert world.case(invoices[0]).remaining == 99_00
    assert {world.case(each).due_at for each in invoices} == {utc("2026-01-11 20:00")}


def test_many_writers_at_once_lose_nothing():
    world, watch = a_world()
    invoice = world.post("R-1", due="2026-01-15", amount=1_000_00)
    refused: list[int] = []
    start = Barrier(6)

    def pay(cents: int) -> None:
        start.wait()
        for _ in range(20):
            try:
                world.pay(invoice, cents)
            except StaleRecordError:
                refused.append(cents)

    threads = [Thread(target=pay, args=(100 + number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    paid = sum(20 * (100 + number) for number in range(6)) - sum(refused)
    assert world.invoice(invoice).paid == paid
    watch.check_books()


@pytest.mark.parametrize("same_customer", [True, False])
def test_the_same_invoice_posted_at_once_is_one_invoice(same_customer: bool):  # noqa: FBT001 - a parameter of the test
    world, watch = a_world()
    known = world.post("R-0", due="2026-01-15").customer_id if same_customer else somebody()
    posted: list[Invoice] = []
    start = Barrier(6)

    def post() -> None:
        start.wait()
        posted.append(world.post("R-1", due="2026-01-15", customer=known))

    threads = [Thread(target=post) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(posted) == 6
    assert len({invoice.id for invoice in posted}) == 1
    assert world.customer(posted[0]).balance == {"eur": 200_00 if same_customer else 100_00}
    watch.check_books()


def test_a_new_customer_posted_with_different_invoices_at_once_is_one_customer():
    world, watch = a_world()
    posted: list[Invoice] = []
    start = Barrier(6)

    def post(number: int) -> None:
        start.wait()
        posted.append(world.post(f"R-{number}", due="2026-01-15"))

    threads = [Thread(target=post, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({invoice.customer_id for invoice in posted}) == 1
    assert world.customer(posted[0]).balance == {"eur": 600_00}
    watch.check_books()
