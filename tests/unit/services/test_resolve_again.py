"""A decision that comes again changes nothing, also when the words about it are gone; another one
is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.dispute import Dispute, DisputeOutcome
from chalicelib.domain.errors import DisputeNotOpenError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.retention import Retention
from chalicelib.services.nightly import look_after
from chalicelib.services.resolve_dispute import Decision, resolve_dispute
from tests.builders import CREDITOR_ID, LIVE, USD, eur
from tests.deeds import OFFICE
from tests.unit.erika import erase
from tests.world import World

DECISION = Decision(DisputeOutcome.PARTLY_ACCEPTED, eur(20_00), "CN-7", "Erika was right")
REJECTED = Decision(DisputeOutcome.REJECTED, note="Erika was wrong")


@pytest.fixture
def world() -> World:
    return World("2026-01-02 08:00")


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.post("R-1", due="2026-01-15")


def decide(world: World, dispute: Dispute, decision: Decision) -> Dispute:
    return resolve_dispute(world.ports, LIVE, OFFICE, dispute.id, decision)


@pytest.mark.parametrize(
    "other",
    [
        replace(DECISION, number="CN-8"),
        replace(DECISION, number=None),
        replace(DECISION, note="Erika was wrong"),
        replace(DECISION, note=None),
        replace(DECISION, credit=eur(10_00)),
        replace(DECISION, credit=Money(20_00, USD)),
        REJECTED,
    ],
)
def test_only_what_was_decided_is_the_same(world: World, invoice: Invoice, other: Decision):
    done = decide(world, world.dispute(invoice, 30_00), DECISION)
    written = len(world.ledger.changes)
    assert decide(world, done, DECISION) == done
    with pytest.raises(DisputeNotOpenError):
        decide(world, done, other)
    assert len(world.ledger.changes) == written


@pytest.mark.parametrize("decision", [DECISION, REJECTED])
def test_after_the_customer_was_erased_the_same_still_changes_nothing(
    world: World, invoice: Invoice, decision: Decision
):
    done = decide(world, world.dispute(invoice, 30_00), decision)
    world.pay(invoice)
    erase(world, invoice)
    left = world.disputed(done)
    assert left.note is None
    assert decide(world, done, decision) == left
    with pytest.raises(DisputeNotOpenError):
        decide(world, done, replace(decision, outcome=DisputeOutcome.WITHDRAWN))


def test_after_the_words_expired_it_doesnt_either(world: World, invoice: Invoice):
    creditor = world.ledger.creditor(CREDITOR_ID)
    assert creditor
    year = timedelta(days=365)
    world.ledger.save_creditor(replace(creditor, retention=Retention(year, 9 * year)))
    done = decide(world, world.dispute(invoice, 30_00), DECISION)
    world.pay(invoice)
    world.clock.advance(year)
    look_after(world.ports, LIVE, invoice.customer_id)
    world.work()
    left = world.disputed(done)
    assert left.note is None
    assert decide(world, done, DECISION) == left
    with pytest.raises(DisputeNotOpenError):
        decide(world, done, replace(DECISION, number="CN-8"))
