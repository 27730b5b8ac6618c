"""A customer is found by their number, whenever the stream tells of them, and however often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.customer import Suppression
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import Consent, ErasureReason
from chalicelib.domain.sequence import Do
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Reference
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.nightly import look_after
from chalicelib.services.phone_references import PHONE
from chalicelib.services.project_changes import project_changes
from chalicelib.services.receive_sms import receive_sms
from chalicelib.services.record_consent import record_consent
from tests.builders import LIVE, a_creditor, a_sequence, a_step
from tests.deeds import OFFICE
from tests.world import World, somebody

OURS = "+4915119999999"
OLD, NEW = "+4915112345678", "+4915112345679"


def a_world(*, lags: bool = False, do: Do = Do.SMS) -> World:
    """Return a world whose stream `lags` until it is let `tell`."""
    world = World("2026-01-12 09:00", sequence=a_sequence(a_step("text", 0, do)))
    creditor = a_creditor(sms_number=OURS, default_sequence="seq_1")
    world.ledger.save_creditor(creditor)
    if lags:
        world._project = lambda: None  # type: ignore[method-assign]
    return world


def tell(world: World) -> None:
    """Let the stream catch up."""
    del world._project  # type: ignore[attr-defined]
    world.work()


def text(world: World, words: str, number: str = OLD) -> None:
    world.clock.advance(seconds=1)
    receive_sms(world.ports, InboundSms(str(world.now()), number, OURS, words, world.now()))


def led_to(world: World, number: str) -> tuple[str, ...]:
    return world.ledger.sharing(LIVE, PHONE, world.ports.fingerprints.of(LIVE, number))


def allows(world: World, invoice: Invoice) -> bool:
    return world.customer(invoice).usable_phone() is not None


def test_a_number_leads_to_its_customer_once_the_stream_has_told_of_them():
    world = a_world(lags=True)
    invoice = world.post("R-1", due="2026-01-20")
    assert led_to(world, OLD) == ()
    tell(world)
    assert led_to(world, OLD) == (invoice.customer_id,)
    text(world, "STOP")
    assert world.customer(invoice).consents["sms"].words == "STOP"


def test_a_stop_that_comes_before_counts_as_soon_as_the_stream_has_told():
    world = a_world(lags=True, do=Do.EMAIL)
    invoice = world.post("R-1", due="2026-01-20")
    text(world, "STOP")
    assert allows(world, invoice)
    version = world.case(invoice).version
    tell(world)
    assert world.customer(invoice).suppressed == {OLD: Suppression.OPTED_OUT}
    assert world.case(invoice).version > version  # so nothing that is being prepared is claimed
    text(world, "START")
    assert allows(world, invoice)


@pytest.mark.parametrize("by_night", [False, True])
def test_a_stop_that_comes_while_the_reference_is_written_counts(*, by_night: bool):
    world = a_world(lags=True)
    invoice = world.post("R-1", due="2026-01-20")
    commit = world.ledger.commit

    def interrupted(writes: Any, references: Any = (), **named: Any) -> None:
        if [each.kind for each in references] == [PHONE]:
            world.ledger.commit = commit  # type: ignore[method-assign]
            text(world, "STOP")
            assert allows(world, invoice)
        commit(writes, references, **named)

    world.ledger.commit = interrupted  # type: ignore[method-assign]
    if by_night:
        look_after(world.ports, LIVE, invoice.customer_id)
    else:
        tell(world)
    assert not allows(world, invoice)


def test_while_the_stream_lags_nothing_is_sent_to_a_number_that_said_stop():
    world = a_world(lags=True)
    invoice = world.post("R-1", due="2026-01-12", customer=somebody(email=None))
    text(world, "STOP")
    world.until("2026-01-12 10:00")
    assert (world.sms.sent, world.sms.attempts) == ([], [])
    assert world.customer(invoice).suppressed == {OLD: Suppression.OPTED_OUT}
    assert world.case(invoice).results["text"].reason == "no_usable_address"


def test_what_was_said_since_goes_before_a_refusal_that_is_told_again():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-20")
    world.work()
    created = list(world.stream)
    text(world, "STOP")
    world.clock.advance(minutes=1)
    said = Consent(given=True, source="phone", at=world.now())
    record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "sms", said)
    for _ in range(2):
        project_changes(world.ports, created)
    assert allows(world, invoice)


def test_a_consent_from_before_doesnt_undo_a_stop():
    world = a_world(lags=True)
    invoice = world.post("R-1", due="2026-01-20")
    said = Consent(given=True, source="web_form", at=world.now() - timedelta(days=9))
    record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "sms", said)
    text(world, "STOP")
    tell(world)
    assert not allows(world, invoice)


def test_a_change_of_number_leads_from_the_new_one_alone_whatever_is_told_again():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-20")
    world.work()
    world.change(invoice, phone=NEW)
    assert led_to(world, NEW) == (invoice.customer_id,)  # it doesn't wait for the stream
    told = list(world.stream)
    world.work()
    for again in (told, world.stream, told):
        project_changes(world.ports, again)
        assert (led_to(world, OLD), led_to(world, NEW)) == ((), (invoice.customer_id,))


def test_a_number_changed_while_the_stream_lags_leads_from_the_new_one_alone():
    world = a_world(lags=True)
    invoice = world.post("R-1", due="2026-01-20")
    world.change(invoice, phone=NEW)
    text(world, "STOP", OLD)
    tell(world)
    assert (led_to(world, OLD), led_to(world, NEW)) == ((), (invoice.customer_id,))
    assert allows(world, invoice)


@pytest.mark.parametrize("lags", [False, True])
def test_nothing_leads_to_who_was_erased_also_where_they_were_read_before(*, lags: bool):
    world = a_world(lags=lags)
    invoice = world.post("R-1", due="2026-01-20")
    world.void(invoice)
    world.work()
    customer_id = invoice.customer_id
    erase_customer(world.ports, LIVE, OFFICE, customer_id, ErasureReason.OBJECTION)
    value = world.ports.fingerprints.of(LIVE, OLD)
    late = Reference(LIVE, PHONE, value, customer_id, shared=True)
    world.ledger.commit([], [late])  # by a worker who read the customer before
    if lags:
        tell(world)
    world.work()
    assert led_to(world, OLD) == ()


def stored_as_before(world: World) -> Invoice:
    """Return the invoice of a customer from before there were references."""
    invoice = world.post("R-1", due="2026-03-20", customer=somebody())
    world.work()
    world.ledger._shared.clear()
    return invoice


def test_who_was_stored_before_there_were_references_is_found_from_the_next_night_on():
    world = a_world()
    invoice = stored_as_before(world)
    world.days(2)
    text(world, "Hello?")
    assert world.open_tasks(invoice) == []
    for _ in range(2):
        assert look_after(world.ports, LIVE, invoice.customer_id) == []
    assert led_to(world, OLD) == (invoice.customer_id,)
    text(world, "STOP")
    assert not world.customer(invoice).consents["sms"].given


def test_a_stop_of_theirs_from_before_counts_then_and_is_not_repeated_after_they_agree():
    world = a_world()
    invoice = stored_as_before(world)
    world.days(2)
    text(world, "STOP")
    assert allows(world, invoice)
    look_after(world.ports, LIVE, invoice.customer_id)
    assert not allows(world, invoice)
    world.clock.advance(minutes=1)
    said = Consent(given=True, source="phone", at=world.now())
    record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "sms", said)
    look_after(world.ports, LIVE, invoice.customer_id)
    assert allows(world, invoice)


def test_the_night_refers_to_nobody_who_was_erased_or_has_no_number():
    world = a_world()
    erased = world.post("R-1", due="2026-01-20")
    unreachable = world.post("R-2", due="2026-03-20", customer=somebody("two", phone=None))
    world.void(erased)
    erase_customer(world.ports, LIVE, OFFICE, erased.customer_id, ErasureReason.OBJECTION)
    world.work()
    for each in (erased, unreachable):
        look_after(world.ports, LIVE, each.customer_id)
    assert not any(world.ledger._shared.values())
