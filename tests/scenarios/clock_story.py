"""A story on a test clock: time passes by `advance`, while the wall clock stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.test_clock import ClockStatus
from chalicelib.services.advance_clock import advance_clock
from chalicelib.services.create_customer import NewCustomer
from chalicelib.services.test_clocks import create_test_clock, load_test_clock, request_advance
from tests.builders import TEST
from tests.deeds import BILLING
from tests.scenarios.story import Story
from tests.world import somebody


class ClockStory(Story):
    """A story that is lived on a test clock, while the wall clock stands still."""

    def __init__(self, now: str, *, follow_ups_a_run: int = 500, **facts: Any) -> None:
        super().__init__("2026-11-01 12:00", tenant=TEST, **facts)
        self.follow_ups_a_run = follow_ups_a_run
        start = datetime.fromisoformat(now).replace(tzinfo=UTC)
        self.test_clock = create_test_clock(self.ports, TEST, BILLING, start)

    def now(self) -> datetime:
        if not hasattr(self, "test_clock"):
            return super().now()
        return load_test_clock(self.ports, TEST, self.test_clock.id).now

    def post(self, number: str, **facts: Any) -> Invoice:
        customer = facts.pop("customer", None) or somebody()
        if isinstance(customer, NewCustomer):
            customer = replace(customer, test_clock=self.test_clock.id)
        return super().post(number, customer=customer, **facts)

    def until(self, moment: str | datetime) -> None:
        end = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        target = end.replace(tzinfo=UTC)
        request_advance(self.ports, TEST, BILLING, self.test_clock.id, target)
        while messages := self.queues.drain("clock"):
            for message in messages:
                advance_clock(self.ports, TEST, message["clock"], self.follow_ups_a_run)
        self._project()
        clock = load_test_clock(self.ports, TEST, self.test_clock.id)
        assert (clock.status, clock.now) == (ClockStatus.READY, target)
