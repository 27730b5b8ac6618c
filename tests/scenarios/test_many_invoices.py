"""A customer with very many invoices: few messages, each claimed, recorded and bounced at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain import ids
from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.case import Case, Claim, Outcome
from chalicelib.domain.customer import SYSTEM
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.messages import EmailEvent, EmailEventKind
from chalicelib.ports.storage import Cursor
from chalicelib.services.common import changing
from chalicelib.services.settle_communication import settle_communication
from tests.builders import LIVE, record_id, utc
from tests.invariants.meddling import MeddledLedger, Writes, is_claim
from tests.world import World

COMMIT_SECONDS = 0.04
"""What a write took where this was slow."""


def a_slow_world(count: int, sequence: Sequence = DEFAULT) -> tuple[World, list[Invoice]]:
    """Return a world in which every write takes its time, and so many invoices of one customer."""
    world = World("2026-01-02 06:00", sequence=sequence, ledger=MeddledLedger())
    posted = [world.post(f"R-{number}", due="2026-01-05") for number in range(count)]
    world.clock.set(utc("2026-01-02 08:00"))
    world.ledger.before_commit = lambda _: world.clock.advance(seconds=COMMIT_SECONDS)
    return world, posted


def told(world: World) -> list[int]:
    """Return how many invoices each message named."""
    return [message.content.text.count(" due ") for message in world.email.sent]


def ended(world: World, posted: list[Invoice], outcome: Outcome) -> list[Case]:
    """Return the cases whose first notice ended so."""
    cases = [world.case(each) for each in posted]
    return [
        case
        for case in cases
        if case.claim is None
        and (result := case.results.get("notice_upcoming"))
        and result.outcome is outcome
    ]


@pytest.mark.parametrize("count", [60, LARGEST_BUNDLE])
def test_one_message_names_them_all_however_slow_a_write_is(count: int):
    world, posted = a_slow_world(count)
    world.until("2026-01-02 08:01")
    assert told(world) == [count]
    assert len(ended(world, posted, Outcome.SENT)) == count


def test_a_message_is_claimed_and_recorded_in_one_write_each():
    world, _ = a_slow_world(60)
    written: list[Writes] = []
    world.ledger.before_commit = written.append
    world.until("2026-01-02 08:01")
    claim, result = written
    assert is_claim(claim)
    assert len(claim) == len(result) == 60


def test_what_one_message_cannot_name_waits_for_the_gap():
    world, posted = a_slow_world(LARGEST_BUNDLE + 20)
    world.until("2026-01-02 12:00")
    assert told(world) == [LARGEST_BUNDLE]
    world.until("2026-01-05 12:00")
    assert told(world) == [LARGEST_BUNDLE, LARGEST_BUNDLE]
    assert all("sent" in _outcomes(world.case(each)) for each in posted)
    world.until("2026-01-08 12:00")
    assert told(world) == [LARGEST_BUNDLE, LARGEST_BUNDLE, 20]


def test_without_a_gap_further_messages_go_at_once():
    world, posted = a_slow_world(LARGEST_BUNDLE + 20, replace(DEFAULT, min_gap_days=0))
    world.until("2026-01-02 08:01")
    assert told(world) == [LARGEST_BUNDLE, 20]
    assert len(ended(world, posted, Outcome.SENT)) == len(posted)


def test_a_payment_amid_the_record_leaves_nothing_unsettled():
    world, posted = a_slow_world(30)

    def pay_first(writes: Writes) -> None:
        if not is_claim(writes):
            world.ledger.before_commit = None
            world.pay(posted[7])

    world.ledger.before_commit = pay_first
    world.until("2026-01-02 08:01")
    assert len(ended(world, posted, Outcome.SENT)) == 30
    assert len(world.email.attempts) == 1


def test_the_bounce_of_a_full_message_gives_all_its_steps_back():
    world, posted = a_slow_world(LARGEST_BUNDLE)
    world.until("2026-01-02 08:01")
    world.mail_event(world.email.sent[0], EmailEventKind.BOUNCED)
    assert len(ended(world, posted, Outcome.FAILED)) == LARGEST_BUNDLE
    world.until("2026-01-02 09:00")
    assert len(world.sms.sent) == 1


def test_a_message_of_more_than_one_transaction_is_settled_all_the_same():
    """Such were claimed one by one, before messages had an end."""
    world, posted = a_slow_world(110)
    world.ledger.before_commit = None
    communication = record_id(ids.COMMUNICATION, "large")
    communication = ids.child_id(
        ids.COMMUNICATION, posted[0].customer_id, ids.parse(ids.COMMUNICATION, communication).own
    )
    claim = Claim("notice_upcoming", communication, "email", world.now())
    for each in posted:
        case = world.case(each)
        world.ledger.commit([changing(case, replace(case, claim=claim, due_at=None), SYSTEM)])
    event = EmailEvent(
        EmailEventKind.BOUNCED,
        ("one@customer.example",),
        "provider-1",
        world.now(),
        permanent=True,
        tenant=LIVE,
        communication_id=communication,
    )
    settle_communication(world.ports, event)
    assert len(ended(world, posted, Outcome.FAILED)) == 110
    (entry,) = world.ledger.communications_page(LIVE, Cursor(10)).data
    assert len(entry.cases) == 110
    settle_communication(world.ports, event)
    assert len(ended(world, posted, Outcome.FAILED)) == 110


def _outcomes(case: Case) -> set[str]:
    return {result.outcome.value for result in case.results.values()}
