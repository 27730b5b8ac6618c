"""A test clock replays what the wall clock would have done: the same lines at the same moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.domain.communication import Communication
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import Cursor
from tests.scenarios.clock_story import ClockStory
from tests.scenarios.story import Story
from tests.world import somebody


def never_paid(story: Story) -> None:
    story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-03-20 00:00")


def paid_in_parts(story: Story) -> None:
    invoice = story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-01-16 10:00")
    story.pay(invoice, 60_00)
    story.until("2026-02-02 10:00")
    story.pay(invoice)
    story.until("2026-03-20 00:00")


def seen_late(story: Story) -> None:
    story.until("2026-03-02 09:30")
    story.post("R-1", due="2026-01-16", issued="2026-01-02")
    story.until("2026-05-01 00:00")


def held_and_released(story: Story) -> None:
    invoice = story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-01-16 10:00")
    story.hold(invoice, "2026-02-05 13:00")
    story.until("2026-03-20 00:00")


def bounced(story: Story) -> None:
    story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-01-15 10:00")
    story.mail_event(story.email.sent[-1], EmailEventKind.BOUNCED)
    story.until("2026-03-20 00:00")


def debited_and_refunded(story: Story) -> None:
    invoice = story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-01-16 10:00")
    debit = story.hear(story.card(invoice, state=ProviderState.PROCESSING))
    story.until("2026-01-23 10:00")
    arrived = {"state": ProviderState.SUCCEEDED, "refunded": 0}
    story.hear(story.later(debit, "payment_intent.succeeded", **arrived))
    story.until("2026-01-28 10:00")
    story.hear(story.later(debit, "charge.refunded", refunded=100_00))
    story.until("2026-03-20 00:00")


def several_customers(story: Story) -> None:
    for number, (zone, country) in enumerate(
        [("America/New_York", "US"), ("Asia/Kathmandu", "NP"), ("Pacific/Apia", "WS")]
    ):
        customer = somebody(f"c{number}", timezone=zone, country=country)
        story.post(f"A-{number}", due="2026-01-15", issued="2026-01-01", customer=customer)
        story.post(f"B-{number}", due="2026-01-19", issued="2026-01-01", customer=customer)
    story.until("2026-03-20 00:00")


def answer_lost(story: Story) -> None:
    story.email.script(Handover(Delivery.UNKNOWN))
    story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.until("2026-03-20 00:00")


STORIES = [
    never_paid,
    paid_in_parts,
    seen_late,
    held_and_released,
    bounced,
    debited_and_refunded,
    several_customers,
    answer_lost,
]


@pytest.mark.parametrize("tell", STORIES)
def test_a_test_clock_tells_the_same_story_as_the_wall_clock(tell: Callable[[Story], None]):
    wall, clock = Story("2026-01-02 08:00"), ClockStory("2026-01-02 08:00")
    tell(wall)
    tell(clock)
    assert sorted(clock.lines) == sorted(wall.lines)
    assert _moments(clock) == _moments(wall)


def test_advancing_in_small_runs_and_small_steps_makes_no_difference():
    whole = ClockStory("2026-01-02 08:00")
    several_customers(whole)
    pieces = ClockStory("2026-01-02 08:00", follow_ups_a_run=1)
    several_customers(pieces)
    assert pieces.lines == whole.lines


def test_every_message_of_the_test_clock_leaves_in_order():
    story = ClockStory("2026-01-02 08:00")
    several_customers(story)
    log = [after for _, after in story.ledger.changes if isinstance(after, Communication)]
    moments = [each.created_at for each in log]
    assert moments == sorted(moments)
    assert len(moments) > 10


def test_a_live_customer_and_one_on_a_test_clock_never_meet():
    story = ClockStory("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15", issued="2026-01-01")
    story.sweep()
    assert story.email.attempts == []
    assert all(line[1] == "posted" for line in story.lines if line[0])


def _moments(story: Story) -> list[tuple[datetime | None, str, str]]:
    return sorted((each.sent_at, each.channel, each.template) for each in _log(story))


def _log(story: Story) -> list[Communication]:
    page = story.ledger.communications_page(story.tenant, Cursor(100))
    return list(page.data)
