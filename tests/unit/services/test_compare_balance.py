"""The provider's balance is compared page by page, each by a message of its own."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.services.compare_payments import (
    OVERLAP,
    QUEUE,
    ask_for_balances,
    compare_balance,
    period_of,
)
from tests.builders import LIVE, utc
from tests.world import World

NIGHT = utc("2026-01-21 02:40")


def test_a_message_is_a_page_and_asks_for_the_next():
    shop = World("2026-01-20 12:00")
    shop.marks.begin(LIVE)
    invoice = shop.post("R-1", due="2026-03-01")
    shop.payments.moved_at_once = 2
    for number in range(5):
        shop.payments.settle(shop.card(invoice, 1_00, reference=f"pi_{number}"))
    pages = []

    shop.clock.set(NIGHT)
    ask_for_balances(shop.ports, period_of(NIGHT))
    while messages := [each for each in shop.queues.drain(QUEUE) if "payment" not in each]:
        [message] = messages
        page = compare_balance(shop.ports, LIVE, period_of(NIGHT), message.get("after"))
        pages.append([moved.reference for moved in page.data])

    assert pages == [["pi_4", "pi_3"], ["pi_2", "pi_1"], ["pi_0"]]


def test_the_period_is_yesterday_and_a_piece_of_the_day_before():
    period = period_of(NIGHT)
    assert period.until == utc("2026-01-21 00:00")
    assert period.until - period.since == timedelta(days=1) + OVERLAP
