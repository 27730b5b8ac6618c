"""Customers on a test clock are judged by it, and when the wall clock says that all has settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.invariants import NEWS_FOR, Rule
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.storage import Write
from chalicelib.services.advance_clock import advance_clock
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.nightly import CLOCK_SETTLES_WITHIN, check_customer, look_after
from chalicelib.services.test_clocks import create_test_clock, request_advance
from tests.builders import TEST
from tests.deeds import OFFICE
from tests.world import BILLING, World, somebody

SECOND = timedelta(seconds=1)


class Sandbox(World):
    """A world in test mode with a test clock, a customer on it, and an invoice."""

    def __init__(self) -> None:
        super().__init__("2026-03-02 08:00", tenant=TEST)
        self.start = self.clock.now()
        self.test_clock: TestClock = create_test_clock(self.ports, TEST, BILLING, self.start)
        on_it = somebody(test_clock=self.test_clock.id)
        self.owed: Invoice = self.post("A-1", due="2026-03-12", customer=on_it)
        self._project()

    def found(self) -> list[Rule]:
        return [each.rule for each in check_customer(self.ports, TEST, self.owed.customer_id)]

    def news(self) -> list[Rule]:
        found = check_customer(self.ports, TEST, self.owed.customer_id)
        return [each.rule for each in found if each.is_news]

    def advance(self, days: int) -> None:
        """Let the test clock get there, in no time of the wall's; the stream lags behind."""
        to = self.start + timedelta(days=days)
        request_advance(self.ports, TEST, BILLING, self.test_clock.id, to)
        for _ in self.queues.drain("clock"):
            advance_clock(self.ports, TEST, self.test_clock.id)

    def lose_the_balance(self) -> None:
        before = self.ledger.customer(TEST, self.owed.customer_id)
        wrong = replace(before, balance={}, version=before.version + 1)
        self.ledger.commit([Write(before, wrong)])


def test_the_wall_clock_makes_nothing_late_for_them():
    world = Sandbox()
    world.clock.advance(days=40)
    assert world.found() == []
    world.lose_the_balance()
    assert world.found() == [Rule.BALANCE_ADDS_UP]


def test_nobody_is_looked_at_while_their_clock_moves():
    world = Sandbox()
    world.clock.advance(days=1)
    world.lose_the_balance()
    to = world.start + timedelta(days=20)
    request_advance(world.ports, TEST, BILLING, world.test_clock.id, to)
    assert world.found() == []


def test_their_credit_waits_for_the_next_advance_whatever_the_night_finds():
    """What the wall clock's queues bring would happen at a time that isn't theirs."""
    world = Sandbox()
    before = world.ledger.customer(TEST, world.owed.customer_id)
    beside_a_debt = replace(before, credit={"eur": 5_00}, version=before.version + 1)
    world.ledger.commit([Write(before, beside_a_debt)])
    world.clock.advance(days=1)
    look_after(world.ports, TEST, world.owed.customer_id)
    assert world.queues.drain("action") == []


def test_the_stream_has_an_hour_to_tell_of_months_that_passed_in_seconds():
    world = Sandbox()
    world.clock.advance(days=1)
    world.advance(60)
    world.clock.advance(CLOCK_SETTLES_WITHIN)
    assert world.found() == []
    world.clock.advance(SECOND)
    assert set(world.found()) == {Rule.CHANGE_IS_TOLD}, "told to nobody for an hour"
    world._project()
    assert world.found() == []


def test_an_erasure_is_not_late_because_weeks_of_the_clock_pass_before_the_worker_comes():
    world = Sandbox()
    world.pay(world.owed)
    erase_customer(world.ports, TEST, OFFICE, world.owed.customer_id, ErasureReason.OBJECTION)
    world._project()
    world.advance(60)
    world._project()
    world.clock.advance(CLOCK_SETTLES_WITHIN + SECOND)
    assert world.found() == []


def test_what_happened_is_no_news_on_a_clock_that_stands_still_for_two_nights():
    world = Sandbox()
    world.advance(60)
    world.lose_the_balance()
    world.clock.advance(NEWS_FOR)
    assert set(world.news()) == {Rule.CHANGE_IS_TOLD, Rule.BALANCE_ADDS_UP}
    world.clock.advance(SECOND)
    assert world.news() == [Rule.BALANCE_ADDS_UP]
    assert Rule.CHANGE_IS_TOLD in world.found()
