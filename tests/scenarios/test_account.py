"""A customer's whole account in two currencies, by the clock of its oldest due invoice."""

from __future__ import annotations

from chalicelib.domain.sequence import Scope
from tests.builders import a_sequence, a_step
from tests.scenarios.story import Story

BY_ACCOUNT = a_sequence(
    a_step("notice_upcoming", -3),
    a_step("reminder_first", 7),
    a_step("reminder_second", 21),
    a_step("call", 30, "call"),
    a_step("notice_final", 45),
    scope=Scope.ACCOUNT,
    min_gap_days=2,
)


def test_it():
    story = Story("2026-01-02 08:00", sequence=BY_ACCOUNT)
    first = story.post("E-1", due="2026-01-10", issued="2026-01-02")
    second = story.post("E-2", due="2026-01-20", issued="2026-01-02", amount=200_00)
    dollars = story.post("D-1", due="2026-01-16", issued="2026-01-02", of="usd", amount=50_00)
    story.until("2026-02-02 09:00")
    third = story.post("E-3", due="2026-02-12", amount=300_00)
    story.until("2026-02-05 09:00")
    story.pay(first)
    story.until("2026-05-02 09:00")
    story.expect("")
