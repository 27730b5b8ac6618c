"""One message has one log entry that says what is known best, whoever wrote it, and when."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.messages import Delivery, EmailEventKind, EmailMessage, Handover
from chalicelib.ports.storage import Cursor
from tests.builders import LIVE, a_sequence, a_step
from tests.invariants.meddling import MeddledLedger, Writes
from tests.world import Crash, World, somebody

SEQUENCE = a_sequence(
    a_step("soft", 1, template="reminder_first"), a_step("firm", 8, template="notice_final")
)


def a_world(**customer: object) -> tuple[World, Invoice]:
    """Return a world whose invoice's first step is due on 16 January."""
    world = World("2026-01-02 08:00", sequence=SEQUENCE, ledger=MeddledLedger())
    return world, world.post("R-1", due="2026-01-15", customer=somebody(**customer))


def log(world: World) -> Communication:
    (entry,) = world.ledger.communications_page(LIVE, Cursor(10)).data
    return entry


def told(world: World) -> set[str]:
    """Return the kinds of events so far."""
    return {each.type for each in world.ledger.events_page(LIVE, Cursor(100)).data}


def unconfirmed() -> World:
    """Return a world whose message ended unconfirmed."""
    world, _ = a_world()
    world.email.script(Handover(Delivery.UNKNOWN))
    world.until("2026-01-16 02:00")
    assert log(world).status is CommunicationStatus.UNCONFIRMED
    return world


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["sent"], "sent"),
        (["delivered"], "delivered"),
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["bounced", "sent"], "failed"),
    ],
)
def test_what_was_unconfirmed_is_confirmed_by_the_providers_later_word(
    kinds: list[str], status: str
):
    world = unconfirmed()
    for kind in kinds:
        world.mail_event(world.email.attempts[0], EmailEventKind(kind))
    world.work()
    assert log(world).status == status
    assert {"communication.unconfirmed", f"communication.{status}"} <= told(world)


def test_an_entry_made_of_claims_has_the_template_of_the_step():
    assert log(unconfirmed()).template == "reminder_first"


@pytest.mark.parametrize(
    ("kind", "status"), [("sent", "sent"), ("delivered", "delivered"), ("bounced", "failed")]
)
def test_the_workers_entry_completes_one_that_the_provider_was_faster_to_cause(
    kind: str, status: str
):
    world, invoice = a_world(phone=None)

    def event_and_payment_first(message: EmailMessage) -> None:
        world.email.before_answer = None
        world.pay(invoice, 60_00)
        world.mail_event(message, EmailEventKind(kind))

    world.email.before_answer = event_and_payment_first
    world.until("2026-01-16 00:00")
    entry = log(world)
    assert entry.subject == world.email.attempts[0].content.subject
    assert (entry.template, entry.amounts) == ("reminder_first", {"eur": 100_00})
    assert entry.status == status


def test_an_entry_is_completed_once():
    world, _ = a_world()
    world.email.before_answer = lambda message: world.mail_event(message, EmailEventKind.SENT)
    world.until("2026-01-16 00:00")
    entry = log(world)
    assert world.ledger.append(entry) is False
    assert log(world) == entry


def die_before_the_result(world: World) -> None:
    """Let the worker die between its log entry and the step's result."""

    def die(writes: Writes) -> None:
        if any(write.before and not write.after.claim for write in writes):
            world.ledger.before_commit = None
            raise Crash

    world.ledger.before_commit = die


@pytest.mark.parametrize("address", ["email", "phone"])
def test_what_the_log_knows_is_not_called_unconfirmed(address: str):
    other = {"email": "phone", "phone": "email"}[address]
    world, invoice = a_world(**{other: None})
    world.clock.set(log_time := world.ledger.next_due())
    die_before_the_result(world)
    world.sweep()
    assert world.case(invoice).claim
    assert log(world).status is CommunicationStatus.SENT
    world.until("2026-01-16 12:00")
    case = world.case(invoice)
    assert case.claim is None
    assert case.results["soft"].outcome is Outcome.SENT
    assert case.results["soft"].at == log_time
    assert log(world).status is CommunicationStatus.SENT
    assert len(world.email.attempts + world.sms.attempts) == 1


def test_what_the_log_knows_to_have_failed_goes_another_way():
    world, invoice = a_world()
    world.clock.set(world.ledger.next_due())
    world.email.script(Handover(Delivery.REFUSED, reason="rejected"))
    die_before_the_result(world)
    world.sweep()
    assert log(world).status is CommunicationStatus.FAILED
    world.until("2026-01-16 12:00")
    assert world.case(invoice).results["soft"].outcome is Outcome.SENT
    assert (len(world.email.attempts), len(world.sms.sent)) == (1, 1)
