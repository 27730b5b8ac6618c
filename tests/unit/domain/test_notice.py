"""A notice adds up what it asks for."""

from __future__ import annotations

from chalicelib.domain.money import Money
from chalicelib.domain.notice import Notice, NoticeItem
from tests.builders import JPY, a_creditor, day, eur


def test_a_notice_adds_up_per_currency():
    items = [(eur(100_00), eur(40_00)), (Money(500, JPY), Money(500, JPY)), (eur(5), eur(5))]
    notice = Notice(
        template="reminder_first",
        locale="en",
        creditor=a_creditor(),
        customer_name="Customer one",
        items=tuple(
            NoticeItem(f"R-{n}", amount, rest, day("2026-01-01"), day("2026-01-15"), 5)
            for n, (amount, rest) in enumerate(items)
        ),
        pay_url="https://pay.example/t",
        today=day("2026-01-20"),
        communication_id="cm_1",
    )

    assert notice.totals == (eur(40_05), Money(500, JPY))
