"""However many invoices, promises, charges and disputes there are, each transaction has room for
what belongs together, and whoever dies between two of them leaves nothing half done."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from chalicelib.domain.dispute import AtDeadline, Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.domain.payment import Payment
from chalicelib.domain.promise import Promise, PromiseStatus
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS, items_written
from chalicelib.services.judge_promises import BESIDE
from chalicelib.services.see_to_disputes import see_to_disputes
from tests.builders import LIVE, a_creditor, a_sequence, a_step
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger, Writes
from tests.invariants.watch import Watch
from tests.world import Crash, World

LATER = a_sequence(a_step("first", 90))
DAY: dict[str, int | None] = {"2026-02-10": None}
JUDGED = "2026-02-18 00:00"
KEPT, OPEN, BROKEN = PromiseStatus.KEPT, PromiseStatus.OPEN, PromiseStatus.BROKEN


def a_world() -> World:
    """Return a world in which charges are waived once the invoice itself is paid."""
    world = World("2026-01-20 08:00", sequence=LATER, ledger=MeddledLedger())
    policy = LatePayment(when_paid=WhenPaid.WAIVE)
    world.ledger.save_creditor(a_creditor(default_sequence=LATER.id, late_payment=policy))
    return world


def invoices_of(world: World, count: int, *, fee: int = 0) -> list[Invoice]:
    """Post so many invoices over €100.00, with a fee on each."""
    invoices = [world.post(f"R-{number:03}", due="2026-01-15") for number in range(count)]
    for each in invoices if fee else ():
        world.fee(each, fee)
    return invoices


def promises_of(world: World, invoices: list[Invoice], apart: int) -> list[Promise]:
    """Take promises about so many invoices each."""
    starts = range(0, len(invoices), apart)
    return [world.promise(*invoices[at : at + apart], dates=DAY) for at in starts]


def stand(world: World, promises: list[Promise]) -> set[PromiseStatus]:
    return {world.promised(each).status for each in promises}


@pytest.mark.parametrize(
    ("apart", "is_confirmed"), [(1, True), (2, False), (50, True), (50, False)]
)
def test_a_payment_of_very_many_invoices_ends_their_promises_and_waives_their_charges(
    apart: int, *, is_confirmed: bool
):
    world = a_world()
    invoices = invoices_of(world, 50, fee=1_00)
    promises = promises_of(world, invoices, apart)
    if is_confirmed:
        world.until("2026-01-20 08:05")
    world.pay(invoices[0], 50 * 100_00)
    assert not any(world.invoice(each).is_open for each in invoices)
    assert stand(world, promises) == {KEPT}
    world.until(JUDGED)
    assert world.customer(invoices[0]).broken_promises == 0
    Watch(world).check_books()


def test_a_payment_of_very_many_invoices_waives_all_their_charges():
    world = a_world()
    invoices = invoices_of(world, 50, fee=1_00)
    world.pay(invoices[0], 50 * 100_00)
    assert {world.invoice(each).charges for each in invoices} == {0}
    assert not any(world.invoice(each).is_open for each in invoices)
    Watch(world).check_books()


def test_a_promise_of_very_many_invoices_that_moves_on_to_its_next_date_ends_with_the_last():
    """Its first date is kept at once, which has no room with the first transaction."""
    world = a_world()
    invoices = invoices_of(world, 50, fee=1_00)
    promise = world.promise(*invoices, dates={"2026-02-05": 1_00, "2026-02-10": 49_99_00})
    world.pay(invoices[0], 50 * 100_00)
    assert stand(world, [promise]) == {KEPT}
    Watch(world).check_books()


def test_what_is_disputed_of_very_many_that_were_promised_is_left():
    world = a_world()
    invoices = invoices_of(world, 50, fee=1_00)
    promises = promises_of(world, invoices, 2)
    disputes = [world.dispute(each, 20_00, deadline=date(2026, 4, 1)) for each in invoices]
    world.hear(world.card(invoices[0], 101_00 + 49 * 81_00))
    assert stand(world, promises) == {OPEN}
    world.until(JUDGED)
    assert stand(world, promises) == {KEPT}
    for each in disputes[1:]:
        world.resolve(each, "accepted")
    world.days(1)
    assert not any(world.invoice(each).is_open for each in invoices)
    assert {world.disputed(each).status for each in disputes} == {"resolved", "settled"}
    Watch(world).check_books()


def overdue(world: World) -> tuple[Promise, list[Dispute]]:
    """Return a promise about 50 invoices and the disputes of 45, when the day of all is over."""
    invoices = invoices_of(world, 50)
    promise = world.promise(*invoices, dates=DAY)
    world.until("2026-02-12 00:00")
    facts = {"deadline": date(2026, 2, 17), "at_deadline": AtDeadline.RESUME}
    disputes = [world.dispute(each, 1_00, **facts) for each in invoices[:45]]
    world.until("2026-02-14 00:00")
    world.clock.set(promise.until)
    return promise, disputes


@pytest.mark.parametrize("die_after", [False, True])
@pytest.mark.parametrize("call", range(4))
def test_disputes_and_a_promise_that_end_at_once_are_seen_to_whoever_dies(
    call: int, *, die_after: bool
):
    world = a_world()
    promise, disputes = overdue(world)
    file = world.ledger.file(LIVE, promise.customer_id)
    assert file
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls + call, die_after
    look = partial(see_to_disputes, world.ports, file, world.now(), OFFICE)
    try:
        assert look()
    except Crash:
        world.ledger.die_at = None
    world.until(JUDGED)
    assert world.promised(promise).status is BROKEN
    customer = world.ledger.customer(LIVE, promise.customer_id)
    assert customer
    assert customer.broken_promises == 1
    assert {world.disputed(each).status for each in disputes} == {"expired"}
    file = world.ledger.file(LIVE, promise.customer_id)
    assert file
    assert not any(case.pauses for case in file.cases)
    assert [len(case.open_tasks) for case in file.cases].count(1) == 45
    Watch(world).check_books()


def test_what_is_held_ahead_of_a_payment_leaves_room_for_what_leads_its_account_then():
    world = a_world()
    invoices = invoices_of(world, 140)
    ahead: list[int] = []

    def measure(writes: Writes) -> None:
        if not any(isinstance(write.after, Payment) for write in writes):
            ahead.append(items_written(writes))

    world.ledger.after_commit = measure
    world.pay(invoices[0], 140 * 100_00)
    assert ahead
    assert max(ahead) <= MAX_TRANSACTION_ITEMS - BESIDE
    assert not any(world.invoice(each).is_open for each in invoices)
