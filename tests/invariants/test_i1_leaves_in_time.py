"""I1, second half: whatever takes its time, nothing leaves more than two seconds after its claim.

Guards: the deadline that `deliver.deliver` gives the gateways, and what it asks before the claim.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.invoice import Invoice
from chalicelib.gateways.email import SesEmailGateway
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import Delivery, EmailGateway, EmailMessage, Handover
from tests.builders import utc
from tests.fakes.messages import FakeEmailGateway
from tests.fakes.world import FakeClock
from tests.invariants.meddling import MeddledLedger, Writes, is_claim
from tests.world import World, somebody

NUMBER = "+4915112345678"


class PromptGateway(FakeEmailGateway):
    """Keeps the deadlines that it was given."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.deadlines: list[datetime] = []

    def send(self, message: EmailMessage, deadline: datetime) -> Handover:
        self.deadlines.append(deadline)
        return super().send(message, deadline)


class Unreached:
    """A client that must not be called."""

    def send_email(self, **_: object) -> dict[str, str]:
        raise AssertionError("it left too late")


def a_world(**customer: object) -> tuple[World, Invoice, list[datetime]]:
    """Return a world with an invoice, and the moments at which its claims were begun."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**customer))
    claims: list[datetime] = []

    def note(writes: Writes) -> None:
        if is_claim(writes):
            claims.append(world.clock.now())

    world.ledger.before_commit = note
    world.clock.set(utc("2026-01-12 08:00"))
    return world, invoice, claims


def test_the_deadline_is_two_seconds_after_the_claim_began():
    world, _, claims = a_world()
    gateway = PromptGateway(world.clock)
    world.ports = _with(world, gateway)
    world.sweep()
    assert gateway.deadlines == [claims[0] + timedelta(seconds=2)]


@pytest.mark.parametrize("seconds", [1.01, 1.9, 2.1])
def test_after_a_slow_claim_the_real_gateway_begins_nothing_that_could_leave_late(seconds: float):
    world, invoice, claims = a_world()

    def take_long(writes: Writes) -> None:
        if is_claim(writes):
            claims.append(world.clock.now())
            world.clock.advance(seconds=seconds)

    world.ledger.after_commit = take_long
    world.ports = _with(world, SesEmailGateway(Unreached, world.clock))
    world.sweep()
    assert claims
    assert world.case(invoice).claim is None
    assert "notice_upcoming" not in world.case(invoice).results


def test_the_opt_out_is_asked_before_the_claim():
    world, invoice, claims = a_world(email=None)
    asked: list[datetime] = []

    def ask(_: str) -> None:
        world.clock.advance(seconds=1.9)
        asked.append(world.clock.now())

    world.sms.before_refusal = ask
    world.sweep()
    assert claims == asked
    assert len(world.sms.sent) == 1
    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.SENT


def test_without_an_answer_about_the_opt_out_nothing_is_claimed():
    world, invoice, claims = a_world(email=None)
    world.sms.refuse(NUMBER, Handover(Delivery.NOT_NOW, reason="opt-out unknown"))
    world.sweep()
    assert (claims, world.sms.attempts) == ([], [])
    assert world.case(invoice).results == {}
    assert world.queues.waiting("sms")


def test_who_opted_out_gets_nothing_and_the_step_goes_to_a_person():
    world, invoice, _ = a_world(email=None)
    world.sms.opt_out(NUMBER)
    world.sweep()
    assert world.sms.attempts == []
    assert world.customer(invoice).suppressed == {NUMBER: "opted_out"}
    world.until("2026-01-12 09:00")
    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.ACTED


def _with(world: World, email: EmailGateway) -> Ports:
    return replace(world.ports, email=email)
