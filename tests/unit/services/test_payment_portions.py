"""A payment of more invoices than fit one transaction is recorded in portions, and completely."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.allocation import MOST_AT_ONCE
from chalicelib.domain.case import CaseStatus, PauseKind
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.payments import ProviderPayment, ProviderState
from chalicelib.services.follow_up import follow_up
from chalicelib.services.receive_payment_event import payment_id
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.invariants.meddling import InterruptedRenderer, MeddledLedger, Writes
from tests.invariants.watch import Watch
from tests.world import Crash, World

EARLY: Sequence = a_sequence(a_step("early", -60), id="seq_early")


def invoices_of(world: World, count: int, *, prefix: str = "R", due: str = "2026-01-20"):
    """Post so many invoices of 1 EUR each."""
    return [
        world.post(f"{prefix}-{number:02}", due=due, issued="2026-01-01", amount=1_00)
        for number in range(count)
    ]


def paid_and_disputed(world: World, count: int) -> tuple[list[Invoice], ProviderPayment]:
    """Return invoices that one card payment paid, of which the bank took all back."""
    invoices = invoices_of(world, count)
    paid = world.hear(world.card(invoices[0], count * 1_00))
    about = {"dispute": "dp_1", "disputed": count * 1_00}
    world.hear(world.later(paid, "charge.dispute.created", **about))
    return invoices, paid


def recorded(world: World, invoice: Invoice) -> Payment:
    payment = world.ledger.payment(LIVE, payment_id(invoice.customer_id, "pi_1"))
    assert payment is not None
    return payment


def kinds(world: World, invoice: Invoice) -> list[PauseKind]:
    return [pause.kind for pause in world.case(invoice).pauses]


@pytest.mark.parametrize("count", [1, 30, 31, 45, 95])
def test_a_chargeback_holds_all_that_was_paid_and_a_won_one_pays_it_again(count: int):
    world = World("2026-01-02 08:00")
    invoices, paid = paid_and_disputed(world, count)
    assert all(world.invoice(each).is_open for each in invoices)
    assert all(kinds(world, each) == [PauseKind.DISPUTE] for each in invoices)
    world.until("2026-03-20 00:00")
    assert world.email.attempts + world.sms.attempts == []
    world.hear(world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0))
    assert not any(world.invoice(each).is_open for each in invoices)
    assert not any(world.case(each).pauses for each in invoices)
    assert recorded(world, invoices[0]).held == ()


def test_after_a_lost_chargeback_everything_is_followed_up_again():
    world = World("2026-01-02 08:00")
    invoices, paid = paid_and_disputed(world, 45)
    lost = {"dispute": "dp_1", "disputed": 45_00}
    world.hear(world.later(paid, "charge.dispute.closed", **lost))
    assert not any(world.case(each).pauses for each in invoices)
    assert all(world.case(each).due_at for each in invoices)


def test_a_debit_that_arrives_pays_other_invoices_than_it_held_and_releases_those():
    """Older ones were posted meanwhile, and the debit named none."""
    world = World("2026-01-02 08:00")
    held = invoices_of(world, 40)
    debit = replace(world.card(held[0], 40_00, state=ProviderState.PROCESSING), named=())
    world.hear(debit)
    assert all(kinds(world, each) == [PauseKind.PAYMENT_PROCESSING] for each in held)
    older = invoices_of(world, 40, prefix="O", due="2026-01-10")
    arrived = {"state": ProviderState.SUCCEEDED, "refunded": 0}
    world.hear(world.later(debit, "payment_intent.succeeded", **arrived))
    assert not any(world.invoice(each).is_open for each in older)
    assert not any(world.case(each).pauses for each in held)
    assert world.customer(held[0]).balance == {"eur": 40_00}


@pytest.mark.parametrize("dies_at", range(6))
def test_whenever_the_worker_dies_the_same_event_brings_it_to_its_end(dies_at: int):
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    watch = Watch(world)
    invoices, paid = paid_and_disputed(world, 70)
    closed = world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=35_00)
    world.ledger.die_at = world.ledger.calls + dies_at
    try:
        world.hear(closed)
    except Crash:
        world.hear(closed)
    watch.check_books()
    assert world.customer(invoices[0]).balance == {"eur": 35_00}
    assert not any(world.case(each).pauses for each in invoices)
    assert recorded(world, invoices[0]).held == ()


def test_no_transaction_changes_more_than_a_portion():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    sizes: list[int] = []
    world.ledger.before_commit = lambda writes: sizes.append(len(writes))
    invoices, paid = paid_and_disputed(world, 70)
    world.hear(world.later(paid, "charge.dispute.closed", dispute="dp_1", disputed=0))
    assert max(sizes) <= 2 * MOST_AT_ONCE + 3  # and the payment, its customer and a task
    assert len(invoices) == 70


def a_message_about_the_last() -> tuple[World, InterruptedRenderer, list[Invoice]]:
    """Return a world in which a message about the last of 70 invoices is due on 14 January."""
    renderer = InterruptedRenderer()
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), renderer=renderer)
    world.ledger.add_sequence(LIVE, EARLY)
    invoices = invoices_of(world, 69, due="2026-03-01")
    invoices.append(world.post("LATE", due="2026-03-14", amount=1_00, sequence=EARLY.id))
    return world, renderer, invoices


@pytest.mark.parametrize("how", ["transfer", "card"])
def test_nothing_is_claimed_after_a_payment_that_settles_it_later_than_with_its_first_portion(
    how: str,
):
    """The worker reads, the payment is recorded with thirty invoices, the worker would claim.

    It can't, looks again, and goes on where whoever recorded the payment died.
    """
    world, renderer, invoices = a_message_about_the_last()
    Watch(world)

    def die_after_the_payment(writes: Writes) -> None:
        if any(isinstance(write.after, Payment) for write in writes):
            world.ledger.after_commit = None
            raise Crash

    ways = {
        "transfer": lambda: world.pay(invoices[0], 70_00),
        "card": lambda: world.hear(world.card(invoices[0], 70_00)),
    }

    def pay() -> None:
        world.ledger.after_commit = die_after_the_payment
        with pytest.raises(Crash):
            ways[how]()

    renderer.meanwhile = pay
    world.clock.set(utc("2026-01-14 09:00"))
    follow_up(world.ports, LIVE, invoices[0].customer_id, "email")
    assert world.email.attempts == []
    assert not any(world.invoice(each).is_open for each in invoices)
    assert world.customer(invoices[0]).credit == {}


def test_what_a_dead_worker_held_ahead_of_its_payment_goes_on_after_an_hour():
    world, _, invoices = a_message_about_the_last()
    world.clock.set(utc("2026-01-14 07:30"))
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls, True
    with pytest.raises(Crash):
        world.pay(invoices[0], 70_00)
    assert kinds(world, invoices[-1]) == [PauseKind.PAYMENT_PROCESSING]
    world.until("2026-01-14 08:29")
    assert world.email.attempts == []
    world.until("2026-01-14 08:31")
    assert [message.content.subject for message in world.email.sent] == ["early: LATE"]


def test_a_large_payment_leaves_no_pause_behind():
    world = World("2026-01-02 08:00")
    invoices = invoices_of(world, 70)
    world.hear(world.card(invoices[0], 75_00))
    assert all(world.case(each).status is CaseStatus.CLOSED for each in invoices)
    assert not any(world.case(each).pauses for each in invoices)
    assert recorded(world, invoices[0]).held == ()
