"""The mail provider's later word: settles claims, stops addresses, and never invents anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.ports.messages import Delivery, EmailEvent, EmailEventKind, Handover
from chalicelib.services.settle_communication import settle_communication
from tests.builders import LIVE, TEST, a_communication, utc
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import just_before_the_commit
from tests.world import World


def a_world() -> tuple[World, EmailEvent]:
    """Return a world that has sent one e-mail, and an event about it without consequence."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    world.invoices = [world.post(f"R-{n}", due="2026-01-15") for n in (1, 2)]
    world.until("2026-01-12 08:00")
    event = EmailEvent(
        kind=EmailEventKind.OTHER,
        recipients=("one@customer.example",),
        provider_id="provider-1",
        at=utc("2026-01-12 08:01"),
        permanent=True,
        tenant=LIVE,
        communication_id=world.email.sent[0].communication_id,
    )
    return world, event


@pytest.mark.parametrize("kind", [EmailEventKind.OTHER, EmailEventKind.DELAYED])
def test_events_without_consequence_change_nothing(kind: EmailEventKind):
    world, event = a_world()
    written = len(world.ledger.changes)
    settle_communication(world.ports, replace(event, kind=kind))
    assert len(world.ledger.changes) == written


@pytest.mark.parametrize(
    "foreign",
    [
        {"tenant": None},
        {"communication_id": None},
        {"communication_id": "nonsense"},
        {"communication_id": a_communication().id},
        {"tenant": TEST},
    ],
)
@pytest.mark.parametrize("kind", [EmailEventKind.BOUNCED, EmailEventKind.SENT])
def test_events_of_what_is_not_ours_change_nothing(
    kind: EmailEventKind, foreign: dict[str, object]
):
    world, event = a_world()
    written = len(world.ledger.changes)
    settle_communication(world.ports, replace(event, kind=kind, **foreign))
    assert len(world.ledger.changes) == written


def test_a_bounce_concerns_every_case_of_a_bundle():
    world, event = a_world()
    settle_communication(world.ports, replace(event, kind=EmailEventKind.BOUNCED))
    for invoice in world.invoices:
        result = world.case(invoice).results["notice_upcoming"]
        assert (result.outcome, result.reroute) == (Outcome.FAILED, True)
        assert world.case(invoice).channel == "sms"
    assert world.customer(world.invoices[0]).suppressed == {"one@customer.example": "bounced"}
    log = world.ledger.communication(LIVE, world.email.sent[0].communication_id)
    assert log is not None
    assert (log.status, log.reason) == (CommunicationStatus.FAILED, "bounced")
    world.until("2026-01-12 09:00")
    assert len(world.sms.sent) == 1


def test_a_bounce_after_the_next_step_was_sent_concerns_its_own_step_only():
    world, event = a_world()
    world.until("2026-01-15 09:00")
    settle_communication(world.ports, replace(event, kind=EmailEventKind.BOUNCED))
    results = world.case(world.invoices[0]).results
    assert results["notice_upcoming"].reroute
    assert not results["notice_due"].reroute


def test_a_bounce_of_a_paid_invoices_message_stops_the_address_all_the_same():
    world, event = a_world()
    for invoice in world.invoices:
        world.pay(invoice)
    settle_communication(world.ports, replace(event, kind=EmailEventKind.BOUNCED))
    world.until("2026-03-01 00:00")
    assert world.customer(world.invoices[0]).suppressed
    assert world.sms.attempts == []


def test_a_rejected_message_goes_another_way_and_the_address_stays_usable():
    world, event = a_world()
    settle_communication(world.ports, replace(event, kind=EmailEventKind.REJECTED))
    assert world.customer(world.invoices[0]).suppressed == {}
    world.until("2026-01-12 09:00")
    assert len(world.sms.sent) == 1


def test_delivered_is_noted_once_and_sent_after_it_takes_nothing_back():
    world, event = a_world()
    for kind in (EmailEventKind.DELIVERED, EmailEventKind.SENT, EmailEventKind.DELIVERED):
        settle_communication(world.ports, replace(event, kind=kind))
    log = world.ledger.communication(LIVE, world.email.sent[0].communication_id)
    assert log is not None
    assert (log.status, log.version) == (CommunicationStatus.DELIVERED, 2)


def test_a_bounce_while_a_claim_is_open_gives_the_step_to_the_other_channel():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(Handover(Delivery.UNKNOWN))
    world.until("2026-01-12 08:05")
    world.mail_event(world.email.attempts[0], EmailEventKind.BOUNCED)
    assert world.case(invoice).claim is None
    world.until("2026-01-12 09:00")
    assert len(world.sms.sent) == 1
    log = world.ledger.communication(LIVE, world.email.attempts[0].communication_id)
    assert log is not None
    assert log.status is CommunicationStatus.FAILED


def test_an_event_that_loses_against_a_payment_is_applied_to_what_it_left():
    world, event = a_world()
    just_before_the_commit(world, lambda: world.pay(world.invoices[0], 40_00))
    settle_communication(world.ports, replace(event, kind=EmailEventKind.BOUNCED))
    case = world.case(world.invoices[0])
    assert case.remaining == 60_00
    assert case.results["notice_upcoming"].reroute


def test_that_a_message_bounced_stays_known_when_a_later_step_takes_its_place():
    world, event = a_world()
    for invoice in world.invoices:
        world.hold(invoice, "2026-01-19 00:00")
    settle_communication(world.ports, replace(event, kind=EmailEventKind.BOUNCED))
    world.until("2026-01-19 12:00")
    result = world.case(world.invoices[0]).results["notice_upcoming"]
    assert (result.outcome, result.reason, result.reroute) == (Outcome.FAILED, "bounced", False)
    assert world.case(world.invoices[0]).results["reminder_first"].outcome is Outcome.SENT
