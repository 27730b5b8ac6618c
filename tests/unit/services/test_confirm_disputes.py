"""A customer is told what is held back or disputed until when, and how that was decided, if the
creditor asks for it: once, as it stands when it is told, also of an invoice that is settled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.dispute import Dispute, DisputeOutcome
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.ports.messages import Delivery, EmailMessage, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.follow_up import follow_up
from chalicelib.services.pause_case import pause_case
from chalicelib.services.resolve_dispute import Decision, resolve_dispute
from tests.builders import LIVE
from tests.deeds import OFFICE
from tests.invariants.watch import Watch
from tests.world import World

SOON = "2026-01-20 08:02"
OPENED, CREDITED, CLOSED = "dispute_confirmed", "dispute_credited", "dispute_closed"


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-25")


def told(world: World) -> list[str]:
    """Return the confirmations in the log, oldest first, with what came of them unless sent."""
    page = world.ledger.communications_page(world.tenant, Cursor(100))
    found = sorted(
        (each.created_at, each.template, each.status) for each in page.data if each.about
    )
    return [name if status == "sent" else f"{name} {status}" for _, name, status in found]


def decide(world: World, dispute: Dispute, outcome: str, credit: int | None = None) -> None:
    money = Money(credit, dispute.currency) if credit else None
    decision = Decision(DisputeOutcome(outcome), money, confirm=True)
    resolve_dispute(world.ports, LIVE, OFFICE, dispute.id, decision)


def hold(world: World, invoice: Invoice, until: str | None = "2026-02-09 23:00") -> None:
    end = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    pause_case(world.ports, LIVE, OFFICE, invoice.case_id, reason="moving", until=end, confirm=True)


def test_a_dispute_is_confirmed_with_its_amount_and_last_day(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00, confirm=True)
    world.until(SOON)
    [message] = [each for each in world.email.sent if "agreed" in each.content.text]
    assert f"agreed: 30.00 EUR by {dispute.deadline}" in message.content.text
    assert told(world) == [OPENED]
    assert world.case(invoice).confirmations == ()


def test_nobody_is_told_who_isnt_to_be(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00)
    world.resolve(dispute, "rejected")
    world.hold(invoice, "2026-02-10")
    world.until(SOON)
    assert told(world) == []


@pytest.mark.parametrize(
    ("outcome", "credit", "line", "template"),
    [
        ("accepted", None, "30.00 EUR by 2026-01-21", CREDITED),
        ("partly_accepted", 20_00, "20.00 EUR by 2026-01-21", CREDITED),
        ("rejected", None, "30.00 EUR by 2026-01-21", CLOSED),
        ("withdrawn", None, "30.00 EUR by 2026-01-21", CLOSED),
    ],
)
def test_how_it_was_decided_is_confirmed(
    world: World, invoice: Invoice, outcome: str, credit: int | None, line: str, template: str
):
    dispute = world.dispute(invoice, 30_00, confirm=True)
    world.until("2026-01-21 10:00")
    decide(world, dispute, outcome, credit)
    world.until("2026-01-21 10:02")
    assert told(world) == [OPENED, template]
    assert f"agreed: {line}" in world.email.sent[-1].content.text


def test_what_was_decided_before_it_was_told_is_told_as_decided(world: World, invoice: Invoice):
    dispute = world.dispute(invoice, 30_00, confirm=True)
    world.clock.advance(seconds=1)
    decide(world, dispute, "rejected")
    world.until(SOON)
    assert told(world) == [CLOSED]


def test_who_is_right_about_all_of_it_hears_so_although_the_case_is_closed(
    world: World, invoice: Invoice
):
    decide(world, world.dispute(invoice), "accepted")
    assert not world.case(invoice).is_open
    assert world.case(invoice).is_unfinished
    world.until(SOON)
    assert told(world) == [CREDITED]
    assert not world.case(invoice).is_unfinished
    assert world.case(invoice).due_at is None
    Watch(world).check_books()


@pytest.mark.parametrize("outcome", ["accepted", "rejected"])
def test_a_payment_in_between_leaves_what_is_still_true(
    world: World, invoice: Invoice, outcome: str
):
    decide(world, world.dispute(invoice, 30_00), outcome)
    world.pay(invoice)
    world.until(SOON)
    assert told(world) == ([CREDITED] if outcome == "accepted" else [])
    assert not world.case(invoice).is_unfinished


def test_a_dispute_of_what_is_paid_by_then_isnt_confirmed(world: World, invoice: Invoice):
    world.dispute(invoice, 30_00, confirm=True)
    world.pay(invoice)
    follow_up(world.ports, LIVE, invoice.customer_id, "email")  # before its end is seen to
    assert told(world) == []
    world.until(SOON)
    assert told(world) == []
    assert not world.case(invoice).is_unfinished


def test_what_the_gateway_didnt_take_is_told_though_the_case_is_closed(
    world: World, invoice: Invoice
):
    decide(world, world.dispute(invoice), "accepted")
    world.email.script(Handover(Delivery.NOT_NOW, reason="out of order"))
    world.until("2026-01-20 12:00")
    assert told(world) == [CREDITED]
    assert len(world.email.sent) == 1


def test_a_case_that_was_finished_when_it_came_back_has_nothing_to_tell(
    world: World, invoice: Invoice
):
    hold(world, invoice)

    def pay(_: EmailMessage) -> None:
        world.email.before_answer = None
        world.pay(invoice)

    world.email.before_answer = pay
    world.email.script(Handover(Delivery.NOT_NOW, reason="out of order"))
    world.until("2026-01-20 12:00")
    assert told(world) == ["hold_confirmed failed"]


def test_a_hold_is_confirmed_with_its_last_day_at_the_customers_place(
    world: World, invoice: Invoice
):
    hold(world, invoice)  # until midnight in Berlin
    world.until(SOON)
    [message] = [each for each in world.email.sent if "agreed" in each.content.text]
    assert "agreed: 100.00 EUR by 2026-02-09" in message.content.text
    assert told(world) == ["hold_confirmed"]


def test_a_hold_that_was_lifted_or_has_no_end_isnt_confirmed(world: World, invoice: Invoice):
    hold(world, invoice)
    world.release(invoice)
    other = world.post("R-2", due="2026-01-25")
    hold(world, other, None)
    world.until(SOON)
    assert told(world) == []
    assert not any(world.case(each).confirmations for each in (invoice, other))


def test_a_second_hold_is_told_instead_of_the_first(world: World, invoice: Invoice):
    hold(world, invoice)
    world.clock.advance(seconds=1)
    hold(world, invoice, "2026-02-19 23:00")
    world.until(SOON)
    assert told(world) == ["hold_confirmed"]
    assert "by 2026-02-19" in world.email.sent[-1].content.text
