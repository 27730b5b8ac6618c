"""Promises to pay: taken, judged with the money and on their day, called off."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.errors import (
    AmountTooLargeError,
    DunlinError,
    InvalidError,
    InvoiceNotOpenError,
    PromiseAlreadyOpenError,
    PromiseNotOpenError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import EndedBy, PromiseStatus
from chalicelib.ports.messages import EmailMessage
from chalicelib.ports.payments import ProviderState
from tests.world import World, somebody

KEPT, BROKEN, OPEN = PromiseStatus.KEPT, PromiseStatus.BROKEN, PromiseStatus.OPEN


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def pauses(world: World, invoice: Invoice) -> list[PauseKind]:
    return [each.kind for each in world.case(invoice).pauses]


def reminders(world: World) -> list[EmailMessage]:
    return [each for each in world.email.sent if "confirmed" not in each.content.subject]


def test_nobody_is_reminded_while_a_promise_stands(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": 40_00})
    [pause] = world.case(invoice).pauses
    assert (pause.reference, pause.until) == (promise.id, promise.until)
    world.until("2026-02-17 22:59")
    assert not reminders(world)
    world.until("2026-02-18 09:00")
    assert world.promised(promise).status is BROKEN
    assert pauses(world, invoice) == []
    assert len(reminders(world)) == 1
    assert world.customer(invoice).broken_promises == 1


def test_a_payment_on_the_last_day_of_grace_keeps_it_in_its_own_transaction(
    world: World, invoice: Invoice
):
    promise = world.promise(invoice, dates={"2026-02-10": 40_00})
    world.until("2026-02-17 22:50")
    world.pay(invoice, 40_00)
    after = world.promised(promise)
    assert (after.status, after.ended_by, after.received) == (KEPT, EndedBy.PAID, 40_00)
    assert pauses(world, invoice) == []
    world.until("2026-02-19 12:00")
    assert world.customer(invoice).broken_promises == 0
    assert len(reminders(world)) == 1  # the rest is followed up again


def test_a_payment_after_the_day_is_too_late_whoever_sees_it_first(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    world.clock.set(promise.until)  # the sweep hasn't come by yet
    world.pay(invoice)
    assert world.promised(promise).status is BROKEN
    assert world.customer(invoice).broken_promises == 1
    assert not world.case(invoice).is_open


def test_money_that_is_processing_on_the_day_is_waited_for(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    world.until("2026-02-17 12:00")
    debit = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    world.until("2026-02-20 12:00")
    assert world.promised(promise).status is OPEN
    world.hear(
        world.later(debit, "payment_intent.succeeded", state=ProviderState.SUCCEEDED, refunded=0)
    )
    assert world.promised(promise).status is KEPT


def test_a_debit_that_fails_after_the_day_breaks_it(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    world.until("2026-02-17 12:00")
    debit = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    world.until("2026-02-20 12:00")
    world.hear(world.later(debit, "payment_intent.payment_failed", state=ProviderState.FAILED))
    assert world.promised(promise).status is BROKEN
    assert pauses(world, invoice) == []


def test_a_hold_that_lasts_longer_doesnt_put_the_judgement_off(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    world.hold(invoice, "2026-03-20")
    world.until("2026-02-18 09:00")
    assert world.promised(promise).status is BROKEN
    assert pauses(world, invoice) == [PauseKind.HOLD]
    assert not reminders(world)


def test_an_endless_hold_neither(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    world.hold(invoice, None)
    world.until("2026-02-18 09:00")
    assert world.promised(promise).status is BROKEN


def test_several_invoices_are_paused_and_released_together(world: World, invoice: Invoice):
    other = world.post("R-2", due="2026-01-15")
    promise = world.promise(invoice, other, dates={"2026-02-10": 120_00})
    world.pay(invoice)
    assert world.promised(promise).status is OPEN
    assert pauses(world, other) == [PauseKind.PROMISE]
    assert pauses(world, invoice) == []  # it is closed
    world.pay(other, 20_00)
    assert world.promised(promise).status is KEPT
    assert pauses(world, other) == []


def test_an_invoice_that_a_refund_opens_again_is_held_by_the_promise_that_still_stands(
    world: World, invoice: Invoice
):
    other = world.post("R-2", due="2026-01-15")
    promise = world.promise(invoice, other, dates={"2026-02-10": None})
    paid = world.hear(world.card(invoice))
    world.hear(world.later(paid, "charge.refunded", refunded=100_00))
    assert world.case(invoice).is_open
    assert pauses(world, invoice) == pauses(world, other) == [PauseKind.PROMISE]
    assert world.promised(promise).received == 0


def test_a_refund_after_the_end_changes_nothing_about_it(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    paid = world.hear(world.card(invoice))
    world.hear(world.later(paid, "charge.refunded", refunded=100_00))
    assert world.promised(promise).status is KEPT
    assert pauses(world, invoice) == []
    assert world.case(invoice).is_open


@pytest.mark.parametrize(
    ("deed", "ended_by"),
    [("void", EndedBy.VOID), ("write_off", EndedBy.WRITTEN_OFF)],
)
def test_an_invoice_that_is_taken_back_ends_it_without_blame(
    world: World, invoice: Invoice, deed: str, ended_by: EndedBy
):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    getattr(world, deed)(invoice)
    after = world.promised(promise)
    assert (after.status, after.ended_by) == (PromiseStatus.CANCELLED, ended_by)
    assert world.customer(invoice).broken_promises == 0


def test_calling_it_off_lets_the_case_go_on(world: World, invoice: Invoice):
    promise = world.promise(invoice, dates={"2026-02-10": None})
    after = world.call_off(promise)
    assert (after.status, after.ended_by) == (PromiseStatus.CANCELLED, EndedBy.CANCELLED)
    assert pauses(world, invoice) == []
    assert world.call_off(promise) == after
    world.until("2026-01-21 12:00")
    assert len(reminders(world)) == 1
    again = world.promise(invoice, dates={"2026-02-10": None})
    world.pay(invoice)
    with pytest.raises(PromiseNotOpenError):
        world.call_off(again)


def test_one_promise_at_a_time_stands_about_an_invoice(world: World, invoice: Invoice):
    other = world.post("R-2", due="2026-01-15")
    world.promise(invoice, dates={"2026-02-10": 10_00})
    with pytest.raises(PromiseAlreadyOpenError):
        world.promise(other, invoice, dates={"2026-02-10": 10_00})
    assert pauses(world, other) == []


def test_what_nobody_can_promise_is_refused(world: World, invoice: Invoice):
    paid = world.post("R-2", due="2026-01-15")
    world.pay(paid)
    elses = world.post("R-3", due="2026-01-15", customer=somebody(name="Else"))
    yen = world.post("R-4", due="2026-01-15", of="jpy")
    refused: list[tuple[type[DunlinError], list[Invoice], dict[str, int | None]]] = [
        (InvalidError, [invoice], {"2026-01-19": 1}),
        (InvalidError, [invoice], {"2026-04-21": 1}),  # 91 days ahead
        (InvalidError, [invoice], {"2026-02-10": 1, "2026-02-09": 1}),
        (InvalidError, [invoice, elses], {"2026-02-10": 1}),
        (InvalidError, [invoice, yen], {"2026-02-10": 1}),
        (AmountTooLargeError, [invoice], {"2026-02-10": 100_01}),
        (AmountTooLargeError, [invoice], {"2026-02-10": 60_00, "2026-02-11": 40_01}),
        (InvoiceNotOpenError, [paid], {"2026-02-10": 1}),
    ]
    for error, invoices, dates in refused:
        with pytest.raises(error):
            world.promise(*invoices, dates=dates)
    assert world.promise(invoice, dates={"2026-01-20": 1, "2026-04-20": 99_99}).is_open


def test_very_many_promises_are_judged_with_one_payment(world: World):
    invoices = [world.post(f"Q-{index}", due="2026-01-15") for index in range(40)]
    promises = [world.promise(each, dates={"2026-02-10": None}) for each in invoices]
    world.pay(invoices[0], 5_000_00)
    assert {world.promised(each).status for each in promises} == {KEPT}


def test_a_promise_about_very_many_invoices_is_judged_on_its_day(world: World):
    invoices = [world.post(f"Q-{index}", due="2026-01-15") for index in range(50)]
    promise = world.promise(*invoices, dates={"2026-02-10": None})
    world.until("2026-02-19 12:00")
    assert world.promised(promise).status is BROKEN
    assert not any(world.case(each).pauses for each in invoices)
