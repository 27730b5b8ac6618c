"""I3: every due step ends in a final state with a reason; nothing is silently dropped, and nothing
waits longer than the sweep interval plus the channel's backlog.

Guards: the straggler sweep (`sweep._hand_over_stragglers`), `due_at` after an unknown outcome
(`deliver._look_again`), the second page of a full index (`sweep._hand_over`), the release of a
claim that could not be used (`deliver._release`), the moment of a claim's end in `decide`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.decisions import TO_DO, TO_SKIP, Reason
from chalicelib.ports.messages import Delivery, EmailEventKind, EmailMessage, Handover
from chalicelib.services.sweep import sweep, sweep_shard
from tests.builders import utc
from tests.invariants.meddling import MeddledLedger
from tests.invariants.watch import Watch
from tests.scenarios.story import Story
from tests.world import Crash, World, somebody

END = "2026-04-01 00:00"
FINAL = {
    Outcome.SENT: {str(reason) for reason in TO_DO},
    Outcome.ACTED: {str(reason) for reason in TO_DO},
    Outcome.SKIPPED: {str(reason) for reason in TO_SKIP},
    Outcome.UNCONFIRMED: {str(Reason.UNCONFIRMED)},
}

ANSWERS = {
    "refused": Handover(Delivery.REFUSED, reason="invalid"),
    "rejected": Handover(Delivery.REFUSED, reason="rejected"),
    "not now": Handover(Delivery.NOT_NOW),
    "unknown": Handover(Delivery.UNKNOWN),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_the_gateway_answers_every_step_ends_with_a_reason(answer: str):
    world = World("2026-01-02 08:00")
    watch = Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(*[ANSWERS[answer]] * 3)
    world.sms.script(*[ANSWERS[answer]] * 2)
    world.until(END)
    watch.check_finished()
    for result in world.case(invoice).results.values():
        assert result.reason in FINAL[result.outcome]


def test_what_the_gateway_certainly_did_not_take_is_sent_as_soon_as_it_takes_it():
    """Guard: `deliver._release` gives the claim back."""
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(*[ANSWERS["not now"]] * 2)
    world.until("2026-01-12 09:00")
    result = world.case(invoice).results["notice_upcoming"]
    assert (result.outcome, result.at) == (Outcome.SENT, utc("2026-01-12 08:30"))


@pytest.mark.parametrize("lost_at", range(6))
def test_a_lost_queue_message_delays_a_step_by_at_most_half_an_hour(lost_at: int):
    """Guard: `sweep._hand_over_stragglers`, and its turn in `sweep.sweep`."""
    story = Story("2026-01-02 08:00")
    watch = Watch(story)
    invoice = story.post("R-1", due="2026-01-15")
    planned = ["01-12", "01-15", "01-19", "01-26", "02-04", "02-18"]
    due = utc(f"2026-{planned[lost_at]} 08:00")
    story.until(due - timedelta(minutes=1))
    story.clock.set(due)
    story.sweep_and_lose()
    story.until(END)
    watch.check_finished()
    delays = [
        result.at - utc(f"2026-{day} 08:00")
        for day, result in zip(planned, story.case(invoice).results.values(), strict=True)
    ]
    assert max(delays) <= timedelta(minutes=30)
    assert delays[lost_at] > timedelta(minutes=0)


def test_a_minute_by_minute_sweep_sends_within_the_minute():
    story = Story("2026-01-12 07:30")
    story.post("R-1", due="2026-01-15")
    while story.clock.now() < utc("2026-01-12 08:05"):
        story.clock.advance(seconds=60)
        story.sweep()
    story.expect_messages("Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR")


def test_what_is_due_at_once_is_not_passed_by_the_mark_of_the_sweep():
    """Posted in the very second of a sweep, in the middle of office hours, and overdue."""
    story = Story("2026-01-20 10:00")
    story.sweep()
    for number in range(40):
        story.post(f"R-{number}", due="2026-01-15", customer=somebody(f"c{number}"))
        story.sweep()
        story.clock.advance(milliseconds=130)
    story.clock.advance(seconds=60)
    story.sweep()
    assert len(story.email.sent) == 40


def test_a_sweep_between_decision_and_write_does_not_pass_what_is_written_then():
    """Guard: `schedule.SETTLING`; what is scheduled is due a little later than decided."""
    world = World("2026-01-20 10:00", ledger=MeddledLedger())
    for number in range(10):
        world.post(f"R-{number}", due="2026-01-15", customer=somebody(f"c{number}"))
    world.clock.advance(seconds=7)

    def sweep_first(_: object) -> None:
        world.ledger.before_commit = None
        world.clock.advance(seconds=3)
        world.sweep()

    world.ledger.before_commit = sweep_first
    world.post("R-late", due="2026-01-15", customer=somebody("late"))
    assert len(world.email.sent) == 10
    world.clock.advance(seconds=60)
    world.sweep()
    assert len(world.email.sent) == 11


def test_more_than_a_page_of_the_index_is_handed_over_to_the_last_entry():
    """Guard: `sweep._hand_over` goes on to the next page."""
    world = World("2026-01-02 08:00")
    for number in range(2_300):
        world.post(f"R-{number}", due="2026-01-15", customer=somebody(f"c{number}"))
    world.clock.set(utc("2026-01-12 08:00"))
    sweep(world.ports)
    for message in world.queues.drain("sweep"):
        sweep_shard(world.ports, message["partition"])
    assert len({each["customer"] for each in world.queues.waiting("email")}) == 2_300


@pytest.mark.parametrize("kind", [EmailEventKind.SENT, EmailEventKind.DELIVERED])
def test_a_claim_that_a_payment_buried_is_settled_by_the_providers_word(kind: EmailEventKind):
    """The worker died after the send, and the customer paid before the event came."""
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.email.before_answer = _die(world)
    world.until("2026-01-12 08:05")
    world.pay(invoice)
    world.mail_event(world.email.attempts[0], kind)
    case = world.case(invoice)
    assert case.claim is None
    assert case.results["notice_upcoming"].outcome is Outcome.SENT
    assert world.ledger.communication(invoice.tenant, world.email.attempts[0].communication_id)


def test_a_buried_claim_ends_unconfirmed_when_the_case_comes_back():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    watch = Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    world.email.before_answer = _die(world)
    world.until("2026-01-12 08:05")
    paid = world.hear(world.card(invoice))
    world.until("2026-01-20 10:00")
    world.hear(world.later(paid, "charge.refunded", refunded=100_00))
    world.until(END)
    watch.check_finished()
    assert world.case(invoice).results["notice_upcoming"].outcome is Outcome.UNCONFIRMED
    assert len(world.email.attempts) == 5


def _die(world: World):
    def die(message: EmailMessage) -> None:
        world.email.before_answer = None
        raise Crash

    return die
