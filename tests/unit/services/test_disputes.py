"""Opening, passing on, putting off and deciding disputes: what is refused, and what races do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.case import PauseKind
from chalicelib.domain.dispute import AtDeadline, Dispute, DisputeKind, DisputeReason
from chalicelib.domain.errors import (
    AmountTooLargeError,
    DisputeAlreadyOpenError,
    DisputeNotOpenError,
    IdempotencyKeyReusedError,
    InvalidError,
    InvoiceNotOpenError,
    NotFoundError,
    NothingPaidError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.services.change_dispute import assign_dispute
from chalicelib.services.once import Mark
from chalicelib.services.open_dispute import NewDispute, open_dispute
from tests.builders import CREDITOR_ID, LIVE, TEST, USD, eur
from tests.deeds import OFFICE
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import World


@pytest.fixture
def world() -> World:
    return World("2026-01-02 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def assign(world: World, dispute: Dispute, to: str) -> Dispute:
    return assign_dispute(world.ports, LIVE, OFFICE, dispute.id, to)


def test_what_is_disputed_is_kept_and_set_aside(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00, words="broken", assignee="ana")

    assert world.disputed(dispute) == dispute
    assert (dispute.amount, dispute.words, dispute.assignee) == (30_00, "broken", "ana")
    assert dispute.deadline == date(2026, 2, 1)
    [pause] = world.case(invoice).pauses
    assert (pause.kind, pause.reference, pause.amount) == (PauseKind.DISPUTE, dispute.id, 30_00)
    assert pause.reason == "damaged"


def test_the_creditor_says_how_long_a_dispute_holds(world: World, invoice: Invoice):
    creditor = world.ledger.creditor(CREDITOR_ID)
    assert creditor
    world.ledger.save_creditor(replace(creditor, dispute_days=7))

    assert world.dispute(invoice).deadline == date(2026, 1, 9)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"amount": 100_01}, AmountTooLargeError),
        ({"kind": DisputeKind.DEDUCTION}, NothingPaidError),
        ({"deadline": date(2026, 1, 1)}, InvalidError),
        ({"deadline": date(2027, 1, 4)}, InvalidError),
        ({"invoice_id": "in_x"}, NotFoundError),
    ],
)
def test_what_cannot_be_is_refused(world: World, invoice: Invoice, facts, error):
    with pytest.raises(error):
        world.dispute(invoice, **facts)
    assert world.case(invoice).pauses == ()


def test_another_currency_is_refused(world: World, invoice: Invoice):
    order = NewDispute(invoice.id, DisputeReason.TAX, "api", amount=Money(1, USD))
    with pytest.raises(InvalidError):
        open_dispute(world.ports, LIVE, OFFICE, order)


def test_an_invoice_has_one_open_dispute(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00)
    with pytest.raises(DisputeAlreadyOpenError):
        world.dispute(invoice, 10_00)
    world.resolve(dispute, "withdrawn")
    assert world.dispute(invoice, 10_00).is_open


@pytest.mark.parametrize("deed", ["pay", "void", "write_off"])
def test_what_is_closed_is_not_disputed(world: World, invoice: Invoice, deed: str):
    getattr(world, deed)(invoice)
    with pytest.raises(InvoiceNotOpenError):
        world.dispute(invoice)


def test_the_same_request_makes_one_dispute(world: World, invoice: Invoice):
    order, mark = NewDispute(invoice.id, DisputeReason.TAX, "api"), Mark("0" * 16, "1" * 16)
    first = open_dispute(world.ports, LIVE, OFFICE, order, once=mark)

    assert open_dispute(world.ports, LIVE, OFFICE, order, once=mark) == first
    with pytest.raises(IdempotencyKeyReusedError):
        open_dispute(world.ports, LIVE, OFFICE, order, once=replace(mark, request="2" * 16))


def test_a_deduction_is_what_a_payment_left(world: World, invoice: Invoice):
    world.pay(invoice, 90_00)

    assert world.dispute(invoice, kind=DisputeKind.DEDUCTION).amount == 10_00


def test_who_sees_to_it_gets_the_task_too(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, assignee="ana")
    world.days(26)
    [task] = world.open_tasks(invoice)
    assert (task.do, task.assignee) == ("dispute", "ana")

    assert assign(world, dispute, "ben").assignee == "ben"
    assert assign(world, dispute, "ben").version == world.disputed(dispute).version
    [task] = world.open_tasks(invoice)
    assert task.assignee == "ben"


def test_a_task_that_somebody_completed_is_not_ended_again(world: World, invoice: Invoice):
    dispute = world.dispute(invoice)
    world.days(26)
    [task] = world.open_tasks(invoice)
    world.complete(task, "called them")
    world.resolve(world.disputed(dispute), "rejected")

    done = world.ledger.task(LIVE, task.id)
    assert done
    assert done.outcome == "called them"


def test_a_deadline_is_put_off_and_not_brought_forward(world: World, invoice: Invoice):
    dispute = world.dispute(invoice)
    later = world.extend(dispute, "2026-03-01")

    assert world.extend(later, "2026-03-01") == later
    assert world.case(invoice).pauses[0].until == later.until(world.customer(invoice).calendar)
    for day in ("2026-02-28", "2025-12-31", "2027-03-01"):
        with pytest.raises(InvalidError):
            world.extend(later, day)


@pytest.mark.parametrize("credit", [None, 30_00, 30_01])
def test_a_part_that_is_accepted_is_less_than_all(
    world: World, invoice: Invoice, credit: int | None
):
    dispute = world.dispute(invoice, 30_00)
    with pytest.raises(InvalidError):
        world.resolve(dispute, "partly_accepted", credit)
    assert world.invoice(invoice).remaining == 100_00


def test_what_was_paid_meanwhile_is_not_credited_again(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00)
    world.pay(invoice, 90_00)

    assert world.resolve(dispute, "accepted").credited == 10_00
    assert world.invoice(invoice).status == "paid"


def test_the_same_decision_again_changes_nothing_and_another_is_refused(
    world: World, invoice: Invoice
):
    dispute = world.dispute(invoice, 30_00)
    done = world.resolve(dispute, "partly_accepted", 20_00)

    assert world.resolve(dispute, "partly_accepted", 20_00) == done
    for other in (("partly_accepted", 10_00), ("accepted",), ("rejected",)):
        with pytest.raises(DisputeNotOpenError):
            world.resolve(dispute, *other)
    assert world.invoice(invoice).remaining == 80_00


@pytest.mark.parametrize(
    "deed",
    [
        lambda world, dispute: world.extend(dispute, "2026-04-01"),
        lambda world, dispute: world.resolve(dispute, "accepted"),
        lambda world, dispute: assign(world, dispute, "ana"),
    ],
)
def test_what_has_ended_or_is_about_to_is_left_alone(
    world: World, invoice: Invoice, deed: Callable[[World, Dispute], Dispute]
):
    dispute = world.dispute(invoice)
    world.pay(invoice)
    with pytest.raises(DisputeNotOpenError):
        deed(world, dispute)
    world.days(1)
    assert world.disputed(dispute).status == "settled"
    with pytest.raises(DisputeNotOpenError):
        deed(world, dispute)


def test_a_payment_just_before_a_decision_counts():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    dispute = world.dispute(invoice)
    just_before_the_commit(world, lambda: world.pay(invoice, 60_00))

    assert world.resolve(dispute, "accepted").credited == 40_00


def test_money_that_comes_back_before_it_ended_lets_it_go_on(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00)
    paid = world.hear(world.card(invoice))
    world.hear(world.later(paid, "charge.refunded", refunded=100_00))
    world.until("2026-01-03 08:00")

    assert world.disputed(dispute).is_open
    assert world.case(invoice).asked_at(world.now()) == eur(70_00)


def test_whoever_moves_west_is_looked_at_again_at_their_midnight(world: World, invoice: Invoice):
    dispute = world.dispute(invoice)
    world.days(27)
    world.change(invoice, timezone="Pacific/Honolulu")
    world.until("2026-02-02 01:00")
    assert world.disputed(dispute).is_open
    world.until("2026-02-02 11:00")
    assert world.disputed(dispute).status == "expired"
    assert len(world.open_tasks(invoice)) == 1


def test_many_disputes_end_on_one_day(world: World):
    invoices = [world.post(f"R-{number}", due="2026-01-15") for number in range(60)]
    disputes = [world.dispute(each, 1_00, at_deadline=AtDeadline.RESUME) for each in invoices]
    world.days(40)

    assert {world.disputed(each).status for each in disputes} == {"expired"}


def test_the_other_mode_knows_nothing_of_it(world: World, invoice: Invoice):
    dispute = world.dispute(invoice)
    with pytest.raises(NotFoundError):
        assign_dispute(world.ports, TEST, OFFICE, dispute.id, "ana")
