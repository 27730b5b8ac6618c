"""What is yet to be confirmed waits on a case, also where that is closed by then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.communication import Communication
from chalicelib.domain.customer import Consent
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.messages import Delivery, EmailMessage, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.record_consent import record_consent
from tests.builders import CREDITOR_ID, LIVE
from tests.deeds import OFFICE
from tests.world import World, somebody

DATES: dict[str, int | None] = {"2026-02-05": None}
NOT_NOW = Handover(Delivery.NOT_NOW, reason="throttled")


@pytest.fixture
def world() -> World:
    return World("2026-01-20 08:00")


def two_of(world: World) -> list[Invoice]:
    return [world.post(number, due="2026-01-15") for number in ("R-1", "R-2")]


def confirmations(world: World) -> list[Communication]:
    page = world.ledger.communications_page(world.tenant, Cursor(100))
    return [each for each in page.data if each.about]


@pytest.mark.parametrize("deed", ["pay", "void", "write_off"])
def test_a_case_that_closes_still_tells_of_a_promise_that_stands(world: World, deed: str):
    first, second = two_of(world)
    promise = world.promise(first, second, dates=DATES)
    getattr(world, deed)(first)
    assert world.case(first).is_unfinished
    world.until("2026-01-20 08:02")
    [message] = world.email.sent
    assert second.number in message.content.text
    assert first.number not in message.content.text
    assert [(each.status, each.about) for each in confirmations(world)] == [("sent", promise.id)]
    assert not world.case(first).is_unfinished
    assert world.case(first).due_at is None


def test_all_that_is_paid_at_once_leaves_nothing_to_tell(world: World):
    first, second = two_of(world)
    world.promise(first, second, dates=DATES)
    world.pay(first, 200_00)
    world.until("2026-01-20 08:02")
    assert not confirmations(world)


@pytest.mark.parametrize(("paid", "statuses"), [(100_00, ["sent"]), (200_00, ["failed"])])
def test_what_comes_back_to_a_case_that_closed_is_told_if_it_still_stands(
    world: World, paid: int, statuses: list[str]
):
    first, second = two_of(world)
    world.promise(first, second, dates=DATES)

    def pay(_: EmailMessage) -> None:
        world.email.before_answer = None
        world.pay(first, paid)

    world.email.before_answer = pay
    world.email.script(NOT_NOW)
    world.until("2026-01-20 12:00")
    assert [each.status for each in confirmations(world)] == statuses
    assert len(world.email.sent) == statuses.count("sent")
    assert not any(world.case(each).confirmations for each in (first, second))


def test_what_comes_back_waits_in_its_queue_and_nowhere_else(world: World):
    """Were it due anew, each try would bring another message of the sweep, and so another try."""
    [first, _] = two_of(world)
    world.promise(first, dates=DATES)
    due_at = world.case(first).due_at
    world.email.script(*[Handover(Delivery.NOT_NOW, reason="out of order")] * 500)
    for _ in range(5):
        world.clock.advance(seconds=30)
        world.sweep()
    assert len(world.email.attempts) == 5
    assert world.case(first).due_at == due_at
    assert len(world.queues.waiting("email")) == 1


def test_a_gateway_at_its_limit_is_known_to_be_so(world: World):
    [first, _] = two_of(world)
    world.promise(first, dates=DATES)
    world.email.script(NOT_NOW)
    world.until("2026-01-20 08:01")
    assert world.sending.refusals == [("email", "throttled")]


@pytest.mark.parametrize("has_agreed", [False, True])
def test_no_sms_goes_to_whom_has_to_agree_and_hasnt(world: World, *, has_agreed: bool):
    creditor = world.ledger.creditor(CREDITOR_ID)
    assert creditor
    world.ledger.save_creditor(replace(creditor, sms_needs_consent=True))
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(email=None))
    if has_agreed:
        agreed = Consent(given=True, source="contract", at=world.now())
        record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "sms", agreed)
    world.promise(invoice, dates=DATES)
    world.until("2026-01-20 08:02")
    told = [(each.status, each.reason) for each in confirmations(world)]
    assert told == [("sent", None)] if has_agreed else [("failed", "no_usable_address")]
    assert len(world.sms.sent) == has_agreed
