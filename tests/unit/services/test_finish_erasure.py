"""An erasure is brought to its end whatever happens to its workers, and whatever comes after it."""

from __future__ import annotations

import pytest

from chalicelib.domain.customer import Suppression
from chalicelib.domain.erasure import is_nameless
from chalicelib.domain.errors import (
    IdempotencyKeyReusedError,
)
from chalicelib.domain.event import Event
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.privacy import ErasureReason
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.services import go_through_file
from chalicelib.services.create_customer import create_customer
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.finish_erasure import STREAM_FORGETS, Pass, finish_erasure
from chalicelib.services.nightly import look_after
from chalicelib.services.once import Mark
from chalicelib.services.project_changes import project_changes
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.suppress import suppress
from tests.builders import LIVE
from tests.deeds import OFFICE
from tests.unit.erika import ASKED, ERIKA, Torn, a_life, erase, names_left, stored
from tests.world import Crash, World, somebody


@pytest.mark.parametrize("dies_after", range(1, 12))
def test_a_worker_that_dies_anywhere_is_followed_by_one_that_ends_it(
    monkeypatch: pytest.MonkeyPatch, dies_after: int
):
    monkeypatch.setattr(go_through_file, "PORTION", 7)
    world = World()
    invoice = a_life(world)
    erase_customer(world.ports, LIVE, ASKED, invoice.customer_id, ErasureReason.OBJECTION)
    commit, left = world.ledger.commit, [dies_after]

    def dying(*writes: object, **named: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        commit(*writes, **named)

    monkeypatch.setattr(world.ledger, "commit", dying)
    world.work()
    world.work()

    assert world.customer(invoice).erasure.done_at
    assert all(
        is_nameless(each) for each in world.ledger.whole_file(LIVE, invoice.customer_id).records
    )
    assert names_left(world, invoice) == []


def test_it_is_not_done_before_the_stream_has_told_what_was_before():
    """An event that comes late would bring the words back, which nobody would look for any more."""
    world = World()
    invoice = a_life(world)
    world._project = lambda: None
    erase(world, invoice)
    assert world.customer(invoice).erasure.done_at is None
    assert not world.queues.drain("action")  # it isn't waited for in a circle
    assert world.queues.is_empty("action")

    del world._project
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()

    assert world.customer(invoice).erasure.done_at
    assert names_left(world, invoice) == []


def test_an_erasure_of_which_the_stream_never_tells_ends_once_it_has_forgotten():
    world = World()
    invoice = a_life(world)
    world._project = lambda: None
    erase(world, invoice)
    world.queues.drain("action")
    world.clock.advance(STREAM_FORGETS)
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    assert world.customer(invoice).erasure.done_at is None

    world.queues.drain("action")
    world.clock.advance(hours=1)
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    assert world.customer(invoice).erasure.done_at == world.now()


def test_a_message_that_is_under_way_is_waited_for():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    world.email.script(Handover(Delivery.UNKNOWN))
    world.until("2026-01-12 08:05")
    world.pay(invoice)
    assert world.case(invoice).claim
    erase(world, invoice)
    assert world.customer(invoice).erasure.done_at is None

    world.days(1)
    erase(world, invoice)  # what the nightly look does, too

    assert world.customer(invoice).erasure.done_at
    assert names_left(world, invoice) == []
    assert len(world.email.sent) == 0


def test_money_that_comes_or_goes_afterwards_is_kept_in_the_books_without_a_name():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    card = world.hear(world.card(invoice))
    erase(world, invoice)
    world.hear(world.later(card, "charge.refunded", refunded=invoice.amount))
    assert world.invoice(invoice).is_open
    world.hold(invoice)
    world.days(60)
    back = NewPayment(
        invoice.id, Money(invoice.amount + 1, invoice.currency), world.now(), Method.CASH, "Erika"
    )
    record_payment(world.ports, LIVE, OFFICE, back)
    world.days(1)

    assert world.email.sent == []
    assert world.sms.sent == []
    assert world.invoice(invoice).status == "paid"
    assert look_after(world.ports, LIVE, invoice.customer_id) == []
    world.work()
    assert set(names_left(world, invoice)) <= {"person decided"}  # no route says why like that


def test_a_chargeback_afterwards_that_other_money_covers_leaves_nobody_named():
    """Why the closed case was held is the payment's word, not a person's."""
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    card = world.hear(world.card(invoice))
    erase(world, invoice)
    lost = {"disputed": invoice.amount, "dispute": "dp_1"}
    world.hear(world.later(card, "charge.dispute.created", **lost))
    paid = NewPayment(
        invoice.id, Money(invoice.amount, invoice.currency), world.now(), Method.CASH, None
    )
    record_payment(world.ports, LIVE, OFFICE, paid)
    world.days(1)

    assert [pause.kind for pause in world.case(invoice).pauses] == ["dispute"]
    assert look_after(world.ports, LIVE, invoice.customer_id) == []


def test_who_held_a_case_back_that_still_has_a_task_is_not_quoted_either():
    """It was closed a moment ago, and no worker has ended its task yet."""
    world = World()
    unreachable = {**ERIKA, "email": None, "phone": None}
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**unreachable))
    world.until("2026-01-12 09:00")
    world.hold(invoice)
    world.void(invoice)
    assert world.case(invoice).open_tasks
    erase(world, invoice)

    assert world.customer(invoice).erasure.done_at
    world.days(1)
    assert world.case(invoice).open_tasks == ()
    assert look_after(world.ports, LIVE, invoice.customer_id) == []


def test_a_new_customer_of_the_same_request_is_told_apart():
    """The mark of the request was a hash of the name; it went with the name."""
    world = World()
    once = Mark("K" * 16, "A" * 16)
    made = create_customer(world.ports, LIVE, ASKED, somebody(**ERIKA), once=once)
    erase_customer(world.ports, LIVE, ASKED, made.id, ErasureReason.OBJECTION)

    with pytest.raises(IdempotencyKeyReusedError):
        create_customer(world.ports, LIVE, ASKED, somebody(**ERIKA), once=once)


def test_only_a_whole_pass_that_finds_nothing_is_the_last():
    """What comes in behind the walk, late or because it moved, is found by the next one."""
    world = World()
    invoice = a_life(world)
    erase_customer(world.ports, LIVE, ASKED, invoice.customer_id, ErasureReason.OBJECTION)
    late = [each for each in stored(world, invoice.customer_id) if isinstance(each, Event)]
    world._project()
    finish_erasure(world.ports, LIVE, invoice.customer_id, Pass())
    assert world.customer(invoice).erasure.done_at is None

    world.ledger.record_events(late)  # the stream's reader did its last batch again
    world.work()

    assert world.customer(invoice).erasure.done_at
    assert names_left(world, invoice) == []


def test_a_worker_that_is_refused_an_address_late_brings_it_back_to_no_record():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    world.void(invoice)
    before = world.customer(invoice)
    erase(world, invoice)

    suppress(world.ports, before, ERIKA["email"], Suppression.INVALID)

    assert names_left(world, invoice) == []


def test_what_is_told_late_is_told_without_the_name():
    """A dead letter of the stream that is redriven, or a day that is replayed."""
    world = World()
    invoice = a_life(world)
    erase(world, invoice)
    world.clock.advance(hours=3)

    project_changes(world.ports, world.stream)

    assert world.customer(invoice).erasure.done_at
    assert names_left(world, invoice) == []


@pytest.mark.parametrize("portion", [3, 500])
def test_a_record_that_nobody_can_make_out_keeps_no_other_name(
    monkeypatch: pytest.MonkeyPatch, portion: int
):
    monkeypatch.setattr(go_through_file, "PORTION", portion)
    ledger = Torn(shards=2)
    world = World(ledger=ledger)
    invoice = a_life(world)
    erase_customer(world.ports, LIVE, ASKED, invoice.customer_id, ErasureReason.OBJECTION)
    ledger.is_torn = True

    with pytest.raises(UnreadableRecordError, match="1 records of cus_"):
        world.work()

    ledger.is_torn = False
    assert world.customer(invoice).erasure.done_at is None
    assert names_left(world, invoice) == [
        "mustermann",
        "was ill",
        "person decided",
    ]  # in the credit note
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    assert world.customer(invoice).erasure.done_at
    assert names_left(world, invoice) == []
