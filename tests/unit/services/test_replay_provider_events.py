"""A day of the provider's events taken in again has the effect that it should have had, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.replay_provider_events import ProviderReplay, replay_provider_events
from tests.builders import LIVE, customer_id, utc
from tests.world import World

NOON = utc("2026-01-20 12:00")
DAY = timedelta(days=1)


class Shop(World):
    """A world with three open invoices, and a provider that tells of payments."""

    def __init__(self) -> None:
        super().__init__("2026-01-02 08:00")
        self.invoices = [self.post(f"R-{number}", due="2026-03-01") for number in range(3)]
        self.clock.set(NOON)

    def told(self, number: int = 0, **facts: Any) -> ProviderPayment:
        fact = self.card(self.invoices[number], reference=f"pi_{number}")
        self.payments.told.append(replace(fact, **facts))
        return self.payments.told[-1]

    def replay(self, *, dry_run: bool = False) -> ProviderReplay:
        start = utc("2026-01-20 00:00")
        done = replay_provider_events(self.ports, LIVE, start, start + DAY, dry_run=dry_run)
        assert done is not None
        return done

    @property
    def remaining(self) -> list[int]:
        return [self.invoice(each).remaining for each in self.invoices]


def test_what_nobody_heard_of_is_taken_in_and_what_was_heard_changes_nothing():
    shop = Shop()
    shop.hear(shop.told(0))
    unheard = shop.told(1)

    first, second = shop.replay(), shop.replay()

    assert (first.read, first.news) == (2, [unheard.event_id])
    assert (second.read, second.news) == (2, [])
    assert shop.remaining == [0, 0, 100_00]
    payments = shop.ledger.payments_of(LIVE, unheard.customer_id)
    assert [len(each.provider_events) for each in payments] == [1, 1]


def test_a_dry_run_says_what_is_news_and_changes_nothing():
    shop = Shop()
    unheard = shop.told(1)
    assert shop.replay(dry_run=True).news == [unheard.event_id]
    assert shop.remaining == [100_00, 100_00, 100_00]
    assert shop.ledger.payments_of(LIVE, unheard.customer_id) == ()


def test_the_whole_day_is_read_page_by_page_and_nothing_of_other_days():
    shop = Shop()
    shop.payments.told_at_once = 1
    for number in range(3):
        shop.told(number, at=NOON + timedelta(hours=number))
    shop.told(0, at=NOON - DAY, event_id="evt_before")
    shop.told(0, at=NOON + DAY, event_id="evt_after")

    assert shop.replay().read == 3
    assert shop.remaining == [0, 0, 0]


def test_what_can_t_be_taken_in_is_named_and_holds_up_nothing():
    shop = Shop()
    stranger = shop.told(0, customer_id=customer_id("stranger"))
    shop.payments.unreadable = ("evt_odd",)
    shop.told(1)

    done = shop.replay()

    assert (done.strange, done.unreadable, done.failed) == ([stranger.event_id], ["evt_odd"], {})
    assert shop.remaining == [100_00, 0, 100_00]


def test_the_mark_of_what_is_known_stays_where_it_is():
    shop = Shop()
    shop.marks.begin(LIVE)
    shop.told()
    shop.replay()
    assert shop.marks.certain_until(LIVE) is None


def test_without_an_account_there_is_nothing_to_replay_and_a_silent_one_is_told_apart():
    shop = Shop()
    shop.payments.down = True
    with pytest.raises(PaymentUnavailableError):
        shop.replay()
    shop.payments.without_account = {LIVE}
    assert replay_provider_events(shop.ports, LIVE, NOON, NOON + DAY, dry_run=False) is None
