"""I1: no reminder is claimed after the payment that settles its invoice was recorded, and none
leaves more than two seconds after its claim.

Guards: the claim's condition on the version that was read (`deliver._claim`), the two seconds
(`deliver.deliver`), finding a case again that a payment closed (`settle.settle`).
"""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.case import CaseStatus, Outcome
from chalicelib.ports.messages import Delivery, Handover
from tests.builders import utc
from tests.invariants.meddling import InterruptedRenderer, MeddledLedger, Writes, is_claim
from tests.invariants.watch import Watch
from tests.world import World


def a_world() -> tuple[World, Watch, InterruptedRenderer]:
    """Return a watched world that can be interrupted."""
    renderer = InterruptedRenderer()
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), renderer=renderer)
    return world, Watch(world), renderer


@pytest.mark.parametrize("how", ["pay", "credit", "void", "write_off", "hold", "dispute"])
def test_what_happens_between_rendering_and_claim_stops_the_message(how: str):
    """Guard: `deliver._claim` claims the version on which it was decided, and no other."""
    world, _, renderer = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    deeds = {
        "pay": lambda: world.pay(invoice),
        "credit": lambda: world.credit(invoice, 100_00),
        "void": lambda: world.void(invoice),
        "write_off": lambda: world.write_off(invoice),
        "hold": lambda: world.hold(invoice),
        "dispute": lambda: world.dispute(invoice, deadline=date(2026, 12, 31)),
    }
    renderer.meanwhile = deeds[how]
    world.until("2026-03-20 00:00")
    assert renderer.rendered == 1
    assert world.email.attempts == []
    assert world.case(invoice).claim is None


def test_the_provider_payment_of_one_invoice_of_a_bundle_releases_the_others():
    world, watch, renderer = a_world()
    first = world.post("R-1", due="2026-01-15")
    second = world.post("R-2", due="2026-01-15", amount=50_00)
    renderer.meanwhile = lambda: world.hear(world.card(second))
    world.until("2026-01-13 00:00")
    assert [message.content.subject for message in world.email.attempts] == ["notice_upcoming: R-1"]
    assert world.case(first).claim is None
    assert world.case(first).results["notice_upcoming"].outcome is Outcome.SENT
    watch.check_books()


def test_a_bundle_of_which_one_case_is_lost_is_decided_anew():
    """The payment comes before the claim, which is one for all cases of the message."""
    world, _, _ = a_world()
    invoices = [world.post(f"R-{n}", due="2026-01-15") for n in range(2)]

    def pay_first(writes: Writes) -> None:
        if is_claim(writes):
            world.ledger.before_commit = None
            world.pay(invoices[1])

    world.ledger.before_commit = pay_first
    world.until("2026-01-14 00:00")
    assert [message.content.subject for message in world.email.attempts] == ["notice_upcoming: R-0"]


def test_a_payment_between_claim_and_send_closes_the_case_and_the_claim_is_settled_there():
    """Guard: `settle.settle` looks the case up again where its write lost."""
    world, watch, _ = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.email.before_answer = lambda _: world.pay(invoice)
    world.until("2026-03-20 00:00")
    case = world.case(invoice)
    assert (case.status, case.claim, case.due_at) == (CaseStatus.CLOSED, None, None)
    assert case.results["notice_upcoming"].outcome is Outcome.SENT
    assert len(world.email.attempts) == 1
    watch.check_books()


def test_a_payment_while_the_answer_is_lost_leaves_nothing_in_the_due_index():
    """Guard: `deliver._look_again` leaves a closed case alone."""
    world, watch, _ = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(Handover(Delivery.UNKNOWN))
    world.email.before_answer = lambda _: world.pay(invoice)
    world.until("2026-01-14 00:00")
    assert world.case(invoice).status is CaseStatus.CLOSED
    assert world.ledger.next_due() is None
    watch.check_books()


@pytest.mark.parametrize("invoices", [1, 2, 3])
def test_a_slow_claim_is_released_and_nothing_leaves_late(invoices: int):
    """Guard: `deliver.deliver` counts the deadline from before the claim; gateways keep it."""
    world, _, _ = a_world()
    posted = [world.post(f"R-{n}", due="2026-01-15") for n in range(invoices)]
    slow = [2.1]

    def take_long(writes: Writes) -> None:
        if is_claim(writes) and slow:
            world.clock.advance(seconds=slow.pop())

    world.ledger.before_commit = take_long
    world.clock.set(utc("2026-01-12 08:00"))
    world.sweep()
    assert world.email.attempts == []
    assert all(world.case(each).claim is None for each in posted)
    world.until("2026-01-12 09:00")
    assert len(world.email.attempts) == 1


@pytest.mark.parametrize("position", range(12))
def test_whenever_the_payment_comes_nothing_is_claimed_after_it(position: int):
    """A payment is put before every single commit of a follow-up, one run each."""
    world, watch, _ = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.post("R-2", due="2026-01-15")
    seen: list[Writes] = []

    def pay_there(writes: Writes) -> None:
        seen.append(writes)
        if len(seen) == position + 1:
            world.pay(invoice)

    world.ledger.before_commit = pay_there
    world.until("2026-03-20 00:00")
    watch.check_books()
    watch.check_finished()
